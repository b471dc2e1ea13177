#include "audit/audit.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/digest.h"
#include "store/durable_file.h"

namespace gateway {
namespace {

/// Of the gateway itself.
constexpr const char* kGateway = "passerelle";
/// Of the disk, for records to come.
constexpr std::uint64_t kRoom = 1u << 20;

[[noreturn]] void fail(const std::string& file, int code) {
    throw Error(Fault::unavailable, file,
                say("the audit cannot be written, so nothing is done or shown: {0}",
                    "le journal d'audit ne peut être écrit, rien n'est donc fait ni montré : {0}",
                    {std::generic_category().message(code)}));
}

/// Who reads meanwhile sees whole lines.
class Locked {
public:
    explicit Locked(int descriptor) : descriptor_(descriptor) { ::flock(descriptor, LOCK_EX); }
    ~Locked() { ::flock(descriptor_, LOCK_UN); }
    Locked(const Locked&) = delete;
    Locked& operator=(const Locked&) = delete;

private:
    const int descriptor_;
};

}  // namespace

Audit::Audit(std::string file, Notebook* notebook, Log& log, Now now)
    : file_(std::move(file)), notebook_(notebook), log_(log), now_(std::move(now)) {
    descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor_ < 0) fail(file_, errno);
    try {
        makeFolderDurable(file_);
        begin();
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

Audit::~Audit() { ::close(descriptor_); }

void Audit::begin() {
    const Locked locked(descriptor_);
    struct stat what {};
    if (::fstat(descriptor_, &what) != 0) fail(file_, errno);
    if (!S_ISREG(what.st_mode)) fail(file_, ENOTSUP);
    const off_t end = ::lseek(descriptor_, 0, SEEK_END);
    if (end < 0) fail(file_, errno);
    written_ = static_cast<std::uint64_t>(end);
    const AuditHead known =
        notebook_ ? AuditHead::parsed(notebook_->note(kAuditNote)) : AuditHead{};
    const AuditChain chain = readAudit(file_, known);
    head_ = chain.head;
    for (const AuditChain::Fault& fault : chain.faults)
        log_.error("audit-damaged", {{"line", fault.line}, {"what", fault.what.en}});
    if (!chain.torn.empty()) {
        put("\n");  // what is there stays, and is told of
        head_.number += chain.tornWhole ? 1 : 0;
        head_.hash = sha256(chain.torn);
        append({kGateway,
                std::string(audit_word::kMended),
                {},
                {},
                "done",
                {{"torn_bytes", std::to_string(chain.torn.size())}}});
    }
    if (known.number > head_.number) {
        const std::uint64_t from = head_.number + 1;
        head_.number = known.number;  // their numbers are not given again
        append({kGateway,
                std::string(audit_word::kMissing),
                {},
                {},
                "done",
                {{"from", std::to_string(from)}, {"to", std::to_string(known.number)}}});
    }
}

void Audit::ready() const { needRoom(file_, kRoom); }

void Audit::write(const AuditRecord& record) {
    const std::lock_guard lock(mutex_);
    const Locked locked(descriptor_);
    append(record);
}

void Audit::append(const AuditRecord& record) {
    const std::string line = auditLine(record, now_(), head_);
    put(line + "\n");
    head_ = {head_.number + 1, sha256(line)};
    remember();
}

/// All of it, or nothing: half a line of a full disk is taken back.
void Audit::put(std::string_view bytes) {
    const auto takeBack = [&](int code) {
        if (::ftruncate(descriptor_, static_cast<off_t>(written_)) != 0)
            log_.error("audit-torn", {{"file", file_}});
        fail(file_, code);
    };
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t done = ::write(descriptor_, bytes.data() + at, bytes.size() - at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) takeBack(errno);
        at += static_cast<std::size_t>(done);
    }
    if (::fdatasync(descriptor_) != 0) takeBack(errno);
    written_ += bytes.size();
}

void Audit::tell(AuditRecord record) noexcept {
    try {
        write(record);
    } catch (const std::exception& error) {
        log_.error("audit-not-written", {{"record", record.what}, {"what", error.what()}});
    }
}

void Audit::remember() {
    if (notebook_ == nullptr) return;
    try {
        notebook_->setNote(kAuditNote, head_.text());
    } catch (const Error& error) {  // the line is there; the next one tells the store of both
        log_.warning("audit-not-noted", {{"what", error.what()}});
    }
}

}  // namespace gateway
