/// @file  What became of a plan at each of its recipients.
#pragma once

#include <string>
#include <vector>

#include "gateway/policy.h"
#include "gateway/register.h"

namespace care_circle {

/// One who got an edition, waits for it, or was left out.
struct Recipient {
    std::string partner;      ///< name of the directory, or "(role)" of who is not in it
    std::string destination;  ///< empty: left out
    std::string edition;
    std::string state;     ///< of the delivery, or "left-out"
    gateway::Time sent{};  ///< its bytes went out, or were laid out for pick-up
    gateway::Time answered{};
    gateway::Time read{};   ///< fetched by the partner, or handed over
    gateway::Time since{};  ///< waits since
    gateway::Reason why;
};

/// Of the edition that the register has, then who still waits for or has an older one.
std::vector<Recipient> recipientsOf(const gateway::RegisterEntry& plan,
                                    const gateway::Answering& with);

}  // namespace care_circle
