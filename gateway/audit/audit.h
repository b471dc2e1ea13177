/// @file  Writes the audit: who asked, changed, sent, got and was refused what, apart from messages
/// and their retention.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "audit/audit_chain.h"
#include "gateway/log.h"
#include "gateway/notebook.h"
#include "gateway/trail.h"
#include "store/happenings.h"

namespace gateway {

/// Where the store keeps the last line's number and hash, so that a file cut at its end shows.
inline constexpr std::string_view kAuditNote = "audit";

struct AuditOptions {
    std::uint64_t part = 32u << 20;  ///< bytes; an open file that has so many is closed
    Milliseconds keep{};             ///< closed parts, from their last record on; zero: for ever
    /// What came soon after one another shares a commit, unless somebody waits for one.
    Milliseconds gather{200};
    Happenings* happenings = nullptr;  ///< what the store did is written too; outlives the audit
};

/// Many threads; one process at a time writes a file. A thread of its own writes: what many want at
/// a time shares one sync.
class Audit final : public Trail {
public:
    using Now = std::function<Time()>;
    /// Opens the file, which is made when it is missing, and looks whether all is there: a last
    /// line that a crash has torn, and lines that are gone, are told by a record of their own.
    /// @param notebook  null: a cut at the end cannot be seen
    /// @throws Error(unavailable)
    Audit(std::string file, Notebook* notebook, Log& log, Now now = currentTime,
          AuditOptions options = {});
    /// Writes what is told and what the store did until now.
    ~Audit() override;
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;

    /// Before something is done that is to be recorded. @throws Error(unavailable) when it could
    /// not be
    void ready() const;
    /// Durable on return. @throws Error(unavailable): then nothing may be shown
    void write(const AuditRecord& record) override;
    /// Equal ones that are written together become one, with their `count`; the ports of a peer
    /// make no difference.
    void tell(AuditRecord record) noexcept override;

private:
    struct Waiting {
        const AuditRecord* record;
        bool done = false;
        std::optional<Error> error;
    };
    using Lost = std::map<std::string, std::uint64_t>;  ///< what → how many were not written
    /// What was told and is not yet written.
    struct Told {
        std::vector<std::pair<AuditRecord, std::uint64_t>> records;  ///< and how often each
        std::unordered_map<std::string, std::size_t> at;             ///< those alike → which one
    };
    /// What is written in one go.
    struct Batch {
        std::vector<Waiting*> waiting;
        Told told;
        Lost lost;
        std::vector<HappeningPortion> passed;
    };
    /// Lines that are to be written, and the chain's end behind them.
    struct Text {
        std::string bytes;
        AuditHead head;
    };

    void begin();
    void openFile();
    std::uint64_t writtenUpTo(const AuditHead& known) const;
    void run();
    bool take(Batch& batch);
    void writeBatch(Batch& batch);
    bool readPassed(Batch& batch);
    void add(Text& text, const AuditRecord& record) const;
    void addPassed(Text& text, const std::vector<HappeningPortion>& passed) const;
    void addTold(Text& text, Batch& batch) const;
    void put(const Text& text);
    void remember();
    void finish(Batch& batch, const std::optional<Error>& error);
    void care();
    void closePart();
    void tidy(Time now);
    void removeOldParts(Time now);
    void tellTrouble(const Error& error);

    const std::string file_;
    Notebook* const notebook_;
    Log& log_;
    const Now now_;
    const AuditOptions options_;

    std::mutex mutex_;  ///< guards those up to the next blank line
    std::condition_variable wanted_, done_;
    std::vector<Waiting*> waiting_;
    Told told_;
    Lost lost_;
    std::chrono::steady_clock::time_point second_{};  ///< when it began
    std::size_t toldInSecond_ = 0;                    ///< different ones
    bool happened_ = false;
    bool stopping_ = false;

    // The thread's alone.
    int descriptor_ = -1;
    AuditHead head_;
    std::uint64_t written_ = 0;     ///< bytes of whole lines
    std::uint64_t partFirst_ = 1;   ///< number of the open part's first record
    Time partBegan_{};              ///< its time; zero: it has none
    std::uint64_t passedUpTo_ = 0;  ///< last commit of the store that is written
    std::uint64_t toldUpTo_ = 0;    ///< the last one of which the store knows that
    bool troubled_ = false;         ///< the log knows that it cannot be written
    Time nextCare_{};
    std::thread thread_;
};

/// Somebody who gave no name.
inline std::string whoOf(const std::string& by) { return by.empty() ? "unknown" : by; }

}  // namespace gateway
