/// @file  What the words of the audit are in the code systems of FHIR's AuditEvent.
#pragma once

#include <string_view>

namespace audit_fhir {

/// A code of a system; without words: none.
struct Code {
    std::string_view system, code, display;
};

/// What one word of the audit means.
struct Meaning {
    Code type, subtype;
    char action = 'E';  ///< of FHIR audit-event-action
    Code purpose = {};
    /// Whether the partner gets something, or a peer brings it, with the gateway at the other end.
    enum class Way { none, out, in } way = Way::none;
};

const Meaning& meaningOf(std::string_view what);

// Parts that somebody plays: DICOM CID 402.
extern const Code kApplication, kSourceRole, kDestinationRole;

}  // namespace audit_fhir
