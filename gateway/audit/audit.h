/// @file  Writes the audit: what people ask and change, apart from messages and their retention.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "audit/audit_chain.h"
#include "gateway/log.h"
#include "gateway/notebook.h"
#include "gateway/trail.h"

namespace gateway {

/// Where the store keeps the last line's number and hash, so that a file cut at its end shows.
inline constexpr std::string_view kAuditNote = "audit";

/// Many threads; one process at a time writes a file.
class Audit final : public Trail {
public:
    using Now = std::function<Time()>;
    /// Opens the file, which is made when it is missing, and looks whether all is there: a last
    /// line that a crash has torn, and lines that are gone, are told by a record of their own.
    /// @param notebook  null: a cut at the end cannot be seen
    /// @throws Error(unavailable)
    Audit(std::string file, Notebook* notebook, Log& log, Now now = currentTime);
    ~Audit() override;
    Audit(const Audit&) = delete;
    Audit& operator=(const Audit&) = delete;

    /// Before something is done that is to be recorded. @throws Error(unavailable) when it could
    /// not be
    void ready() const;
    /// Durable on return. @throws Error(unavailable): then nothing may be shown
    void write(const AuditRecord& record) override;
    void tell(AuditRecord record) noexcept override;

private:
    void begin();
    void append(const AuditRecord& record);
    void put(std::string_view bytes);
    void remember();

    const std::string file_;
    Notebook* const notebook_;
    Log& log_;
    const Now now_;
    std::mutex mutex_;  ///< guards the rest
    int descriptor_ = -1;
    AuditHead head_;
    std::uint64_t written_ = 0;  ///< bytes of whole lines
};

/// Somebody who gave no name.
inline std::string whoOf(const std::string& by) { return by.empty() ? "unknown" : by; }

}  // namespace gateway
