/// @file  Who follows a person: plans found in the register by INS and by the numbers of hospitals,
/// never by name.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/register.h"
#include "news/hospital_message.h"
#include "news/news_facts.h"

namespace care_circle {

/// Plans that know a subject "SYSTEM|VALUE", open or not, each once.
std::vector<gateway::RegisterEntry> plansOf(const gateway::Register& plans,
                                            std::string_view subject);

/// The open plans of a person. An INS that leads to a plan is the last word: the hospital's own
/// numbers are noted for that plan, and taken from every other one that an INS had given them. A
/// number alone leads to a plan where the network wrote it into the plan, or where an INS that the
/// message does not contradict led there before.
std::vector<gateway::RegisterEntry> followersOf(const PersonIds& person,
                                                const gateway::Register& plans,
                                                NewsChanges& changes);

/// Why a message is ignored for which followersOf() finds none.
extern const gateway::Reason kNobodyFollows;

/// A merge (A40), or another number (A47): the numbers of the closed record lead where they led,
/// under the numbers of the record that stays. Only those that the gateway noted itself, of the
/// hospital that says so.
/// @throws Error(rejected) when the two records lead to different plans: those are never joined
void moveNumbers(const PersonIds& from, const PersonIds& to, const gateway::Register& plans,
                 NewsChanges& changes);

}  // namespace care_circle
