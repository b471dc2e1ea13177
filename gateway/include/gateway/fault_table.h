/// @file  What a fault means to whoever sent the message: one table for all transports.
#pragma once

#include <string_view>

#include "gateway/error.h"

namespace gateway {

struct FaultRow {
    std::string_view acknowledgement;  ///< MSA-1 in original mode (HL7 v2.5.1 §2.9.2)
    int httpStatus;
    std::string_view issueType;  ///< FHIR issue-type
};

constexpr FaultRow rowOf(Fault fault) {
    switch (fault) {
        case Fault::malformed: return {"AE", 400, "structure"};
        case Fault::unsupported: return {"AR", 422, "not-supported"};
        case Fault::rejected: return {"AE", 422, "business-rule"};
        case Fault::unavailable: return {"AR", 503, "transient"};
        case Fault::uncertain: return {"AR", 503, "transient"};
        case Fault::internal: return {"AR", 500, "exception"};
    }
    return {"AR", 500, "exception"};
}

}  // namespace gateway
