/// @file  What somebody is told of a hospital's message: a bundle of profile pps-notice-bundle.
#pragma once

#include <memory>
#include <string>

#include "gateway/register.h"
#include "news/hospital_message.h"

namespace care_circle {

/// What is said, to all who are told.
struct Wording {
    std::string number;    ///< of this notice
    std::string corrects;  ///< number of the one that it takes back or replaces; empty: none
    std::string text, toDo;
    bool cancels = false;
};

/// Whom it is for.
struct Addressee {
    const gateway::RegisterEntry& plan;
    bool network = false;  ///< gets a Task for its coordinator, and its own number of the person
    bool ward = false;     ///< may know in which ward the person is
};

std::shared_ptr<const gateway::Document> noticeFor(const Addressee& to, const HospitalMessage& said,
                                                   const Wording& wording,
                                                   std::string_view received);

}  // namespace care_circle
