/// @file  Who of a plan is told news: the network, and the GP who is a member and may have it.
#pragma once

#include <string>
#include <vector>

#include "news/news_facts.h"
#include "question.h"

namespace care_circle {

/// One who is told, or left out and why. `decision.destination` is one that the partner has.
struct NewsRecipient {
    gateway::Decision decision;
    bool network = false;
};

/// Of the plan's network.
gateway::Decision networkOf(const gateway::RegisterEntry& plan, const Question& question);

std::vector<NewsRecipient> newsRecipients(const gateway::RegisterEntry& plan,
                                          const Question& question);

/// Whether somebody who was told before may be told what corrects it.
gateway::Decision mayStillBeTold(const ToldPartner& told, const gateway::Directory& partners,
                                 const gateway::Register& plans);

}  // namespace care_circle
