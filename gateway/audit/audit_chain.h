/// @file  The audit as it lies in its file: one JSON object on each line, each with the SHA-256 of
/// the line before, so that a cut, an edit and a removal show.
///
/// {"n":12,"at":"…","by":"anne","what":"replay","about":["7K2QF2A"],"why":"…","result":"done",
///  "details":{…},"before":"64 hexadecimal digits"}
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/time.h"
#include "gateway/trail.h"

namespace gateway {

/// The last line of a chain.
struct AuditHead {
    std::uint64_t number = 0;  ///< 0: there is none
    std::string hash;          ///< of that line

    std::string text() const;
    /// Nothing when it cannot be read.
    static AuditHead parsed(std::string_view text);
};

/// Words that the audit writes of itself.
namespace audit_word {
inline constexpr std::string_view kMended = "mended";    ///< the line before was torn by a crash
inline constexpr std::string_view kMissing = "missing";  ///< lines that were known are gone
}  // namespace audit_word

/// Without the line's end.
std::string auditLine(const AuditRecord& record, Time at, const AuditHead& before);

/// What was found in a file.
struct AuditChain {
    struct Fault {
        std::uint64_t line = 0;  ///< 0: of the whole
        Reason what;
    };
    std::uint64_t records = 0;
    AuditHead head;
    std::vector<Fault> faults;
    std::string torn;        ///< a last line without its end: of a crash, or being written
    bool tornWhole = false;  ///< of which the end alone is missing
};

/// Reads a whole file; one that is missing has no records.
/// @param known  the last line that is known to have been there, from elsewhere
/// @param each  gets each line that is a record
/// @throws Error(unavailable)
AuditChain readAudit(const std::string& file, const AuditHead& known,
                     const std::function<void(const std::string& line)>& each = {});

}  // namespace gateway
