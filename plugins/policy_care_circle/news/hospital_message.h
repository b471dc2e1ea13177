/// @file  What a hospital said, as `adt-to-notice` writes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/tree.h"

namespace care_circle {

/// The identifiers of a person that may be used to find a plan.
struct PersonIds {
    std::vector<std::string> ins;     ///< "SYSTEM|VALUE"; none where the identity is not qualified
    std::string own;                  ///< the sender's own number of the person
    std::vector<std::string> others;  ///< any further number
};

/// @param hospital  stands for the authority of an identifier that has no system
/// @param onlyQual  the sender's VALI means validated alone
PersonIds idsOf(gateway::Node patient, std::string_view hospital, bool onlyQual);

struct HospitalMessage {
    HospitalMessage(gateway::Node bundle, bool onlyQual);

    gateway::Node communication, task, patient, hospital, stay;
    std::string id;        ///< of facility, visit and movement
    std::string kind;      ///< code of pps-notice; empty: no news
    std::string event;     ///< "A03"
    std::string action;    ///< INSERT, UPDATE, CANCEL
    std::string text;      ///< the French sentence; empty: nothing that is told
    std::string toDo;      ///< what it asks the coordinator to do, in French
    std::string recorded;  ///< when the hospital wrote it
    std::string ward;
    bool historic = false, confidential = false, test = false;
    bool numbered = false;   ///< its movement has a number of the hospital's own (ZBE)
    PersonIds person, gone;  ///< `gone`: of the record that a merge closes

    bool cancels() const { return action == "CANCEL"; }
    bool isDeath() const { return kind == "DECES"; }
    std::string happened() const;  ///< when; empty: it does not say
};

/// Whether a bundle is what a hospital said.
bool isHospitalMessage(gateway::Node bundle);

}  // namespace care_circle
