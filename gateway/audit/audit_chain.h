/// @file  The audit as it lies in its files: one JSON object on each line, each with the SHA-256 of
/// the line before, so that a cut, an edit and a removal show.
///
/// {"n":12,"at":"…","by":"anne","what":"replay","about":["7K2QF2A"],"why":"…","result":"done",
///  "details":{…},"before":"64 hexadecimal digits"}
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/time.h"
#include "gateway/trail.h"
#include "store/happenings.h"

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
inline constexpr std::string_view kMended = "mended";      ///< the line before was torn by a crash
inline constexpr std::string_view kMissing = "missing";    ///< lines that were known are gone
inline constexpr std::string_view kPart = "part";          ///< begins a new part
inline constexpr std::string_view kRemoved = "removed";    ///< a part was too old, and is no more
inline constexpr std::string_view kPassed = "passed";      ///< what commits of the store did
inline constexpr std::string_view kOverflow = "overflow";  ///< came faster than it can be written
}  // namespace audit_word

/// Without the line's end.
std::string auditLine(const AuditRecord& record, Time at, const AuditHead& before);
/// One record for many deliveries: what commits of one life of the store did, in `passed`, those
/// alike together: [{"at","what","end","partner","by","place","of":[[delivery,message,plan,
/// edition],…]},…]; `place` of its details is the last commit ("LIFE-ID").
std::string passedLine(const std::vector<HappeningPortion>& portions, std::size_t from,
                       std::size_t to, Time at, const AuditHead& before);
/// The place of such a line; {0, 0} when it is none.
std::pair<std::uint64_t, std::uint64_t> placeOf(const std::string& line);

/// What was found in the files.
struct AuditChain {
    struct Fault {
        std::uint64_t line = 0;  ///< 0: of the whole
        Reason what;
        std::string file = {};
    };
    std::uint64_t records = 0;
    std::uint64_t first = 0;  ///< number of the first record; 0: there is none
    Time began{};             ///< its time
    AuditHead head;
    std::vector<Fault> faults;
    std::optional<Error> unreadable;  ///< the first of the files that cannot be read
    std::string torn;                 ///< a last line without its end: of a crash, or being written
    bool tornWhole = false;           ///< of which the end alone is missing
};

/// Reads an audit, closed parts and open file; files that are missing have no records.
/// @param file  the open one
/// @param known  the last line that is known to have been there, from elsewhere
/// @param each  gets each line that is a record
/// @throws Error(unavailable)
AuditChain readAudit(const std::string& file, const AuditHead& known,
                     const std::function<void(const std::string& line)>& each = {});
/// The open file alone, as a start needs it; an empty one goes on where the last closed part ends.
AuditChain readOpenAudit(const std::string& file, const AuditHead& known);
/// Lines behind a number alone, whether they fit or not; of all files that can be read.
/// @throws Error(unavailable) at the end, when one could not
void readAuditFrom(const std::string& file, std::uint64_t behind,
                   const std::function<void(const std::string& line)>& each);

}  // namespace gateway
