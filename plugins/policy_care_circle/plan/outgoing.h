/// @file  The plan as it goes out: without an INS that may not travel, with the status of the
/// identity as the partner reads it, with the days on which what has no start was first seen, with
/// sessions cancelled that are no more.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "plan/first_seen.h"
#include "plan/sessions.h"

namespace care_circle {

class Outgoing {
public:
    Outgoing(const Edition& edition, const FirstSeen& seen, const Sessions& sessions);

    /// What that partner gets; null: the pivot as it is. Its `values: {identity_status: qual}` asks
    /// for QUAL of fr-core's four states; others get VALI, as fr-core up to 2.1 has it.
    std::shared_ptr<const gateway::Document> to(const gateway::Partner& partner);

private:
    std::shared_ptr<const gateway::Document> made(bool qual) const;

    const Edition& edition_;
    const FirstSeen& seen_;
    const Sessions& sessions_;
    std::map<bool, std::shared_ptr<const gateway::Document>> made_;  ///< for QUAL, for VALI
};

}  // namespace care_circle
