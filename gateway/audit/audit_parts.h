/// @file  The files of an audit: the open one, to which is written, and beside it those that were
/// closed, packed with zstd. Together they are one chain: the first line of each has the hash of
/// the last line of the one before.
///
///   audit.jsonl                                the open one
///   audit-2031-03-000000000001.jsonl.zst       closed in March 2031; its first record is number 1
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/time.h"

namespace gateway {

struct AuditPart {
    std::uint64_t first = 0;  ///< number of its first record, by its name
    std::string path;
};

/// The closed parts of the audit whose open file that is, in order.
/// @throws Error(unavailable)
std::vector<AuditPart> closedAuditParts(const std::string& file);

/// Gives the open file its name as a closed one, durably; nothing is open then.
/// @throws Error(unavailable)
AuditPart closeAuditPart(const std::string& file, std::uint64_t first, Time at);

/// Packs closed parts that are not, and takes away what a crash left of that.
/// @throws Error(unavailable)
void packAuditParts(const std::string& file);

/// Durable on return. @throws Error(unavailable)
void removeAuditPart(const AuditPart& part);

/// Lines of a part, packed or not, or of the open file; a missing file has none.
class AuditLines {
public:
    /// @throws Error(unavailable)
    explicit AuditLines(std::string path);
    ~AuditLines();
    AuditLines(const AuditLines&) = delete;
    AuditLines& operator=(const AuditLines&) = delete;

    /// @return false at the end. @throws Error(unavailable) when it cannot be read or unpacked
    bool next(std::string& line);
    /// Whether the line that next() gave last has no end.
    bool torn() const { return torn_; }
    const std::string& path() const { return path_; }

private:
    struct Unpacking;
    bool fill();

    const std::string path_;
    std::ifstream in_;
    std::unique_ptr<Unpacking> unpacking_;  ///< null: as it is
    std::string buffer_;
    std::size_t at_ = 0;
    bool torn_ = false;
};

/// Calls `each` with every part in order, the open one last, also when some are closed meanwhile.
/// @param from  parts that end before this record are passed over
/// @param each  returns the number of the last record of that part, 0: it has none
/// @throws Error(unavailable)
void walkAuditParts(const std::string& file, std::uint64_t from,
                    const std::function<std::uint64_t(AuditLines&)>& each);

}  // namespace gateway
