#include "audit/audit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "audit/audit_parts.h"
#include "core/digest.h"
#include "core/json_text.h"
#include "store/durable_file.h"
#include "words/system_fault.h"

namespace gateway {
namespace {

/// Of the gateway itself.
constexpr const char* kGateway = "passerelle";
/// Of the disk, for records to come.
constexpr std::uint64_t kRoom = 1u << 20;
/// Told in a second, and not yet written: who knocks at the door fills no disk.
constexpr std::size_t kToldInSecond = 1000, kToldMost = 4096;
/// Of commits, in one go and in one line.
constexpr std::size_t kPassedAtOnce = 2u << 20, kPassedInLine = 4096;
/// Until a file that could not be written is tried again, and between two looks at old parts.
constexpr Milliseconds kPatience{1000}, kCareEvery{3'600'000};

[[noreturn]] void fail(const std::string& file, int code) {
    throw Error(Fault::unavailable, file,
                say("the audit cannot be written, so nothing is done or shown: {0}",
                    "le journal d'audit ne peut être écrit, rien n'est donc fait ni montré : {0}",
                    {systemFault(code)}));
}

AuditRecord own(std::string_view what, std::map<std::string, std::string> details) {
    return {kGateway, std::string(what), {}, {}, "done", std::move(details)};
}

/// The same for all that differ in the port of the peer alone.
std::string alike(const AuditRecord& record) {
    AuditRecord one = record;
    for (std::string* const text : {&one.by, &one.details["peer"]}) {
        const std::size_t colon = text->rfind(':');
        const bool port = colon != text->npos && colon + 1 < text->size() &&
                          text->find_first_not_of("0123456789", colon + 1) == text->npos;
        const bool whole = text->find(':') == colon || text->starts_with('[');
        if (port && whole) text->resize(colon);
    }
    return auditLine(one, {}, {});
}

std::string monthOf(Time at) { return toText(at).substr(0, 7); }

}  // namespace

Audit::Audit(std::string file, Notebook* notebook, Log& log, Now now, AuditOptions options)
    : file_(std::move(file)),
      notebook_(notebook),
      log_(log),
      now_(std::move(now)),
      options_(options) {
    openFile();
    try {
        begin();
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
    thread_ = std::thread([this] { run(); });
    if (options_.happenings == nullptr) return;
    options_.happenings->whenHappened([this] {
        const std::lock_guard lock(mutex_);
        if (!std::exchange(happened_, true)) wanted_.notify_one();
    });
}

Audit::~Audit() {
    if (options_.happenings) options_.happenings->whenHappened({});
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        happened_ = options_.happenings != nullptr;
    }
    wanted_.notify_one();
    thread_.join();
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Audit::openFile() {
    descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor_ < 0) fail(file_, errno);
    struct stat what {};
    const bool known = ::fstat(descriptor_, &what) == 0;
    const int code = known ? ENOTSUP : errno;
    if (!known || !S_ISREG(what.st_mode)) {
        ::close(std::exchange(descriptor_, -1));
        fail(file_, code);
    }
    written_ = static_cast<std::uint64_t>(what.st_size);
    makeFolderDurable(file_);
}

void Audit::begin() {
    const AuditHead known =
        notebook_ ? AuditHead::parsed(notebook_->note(kAuditNote)) : AuditHead{};
    const AuditChain chain = readOpenAudit(file_, known);
    head_ = chain.head;
    partFirst_ = written_ == 0 ? head_.number + 1 : chain.first;
    partBegan_ = written_ == 0 ? Time{} : chain.began;
    for (const AuditChain::Fault& fault : chain.faults)
        log_.error("audit-damaged",
                   {{"file", fault.file}, {"line", fault.line}, {"what", fault.what.en}});
    Text text{{}, head_};
    if (!chain.torn.empty()) {
        text.bytes.push_back('\n');  // what is there stays, and is told of
        text.head.number += chain.tornWhole ? 1 : 0;
        text.head.hash = sha256(chain.torn);
        add(text, own(audit_word::kMended, {{"torn_bytes", std::to_string(chain.torn.size())}}));
    }
    if (known.number > text.head.number) {
        const std::uint64_t from = text.head.number + 1;
        text.head.number = known.number;  // their numbers are not given again
        add(text, own(audit_word::kMissing,
                      {{"from", std::to_string(from)}, {"to", std::to_string(known.number)}}));
    }
    if (options_.happenings) passedUpTo_ = writtenUpTo(known);
    happened_ = options_.happenings != nullptr;
    put(text);
    remember();
}

/// What a life before has committed and the store has still to tell may be written already: lines
/// that the store does not know of say how far. @return the last commit of which that is so
std::uint64_t Audit::writtenUpTo(const AuditHead& known) const {
    std::uint64_t upTo = 0;
    std::vector<HappeningPortion> portions = options_.happenings->happened(0, kPassedAtOnce);
    if (portions.empty()) return upTo;
    std::map<std::uint64_t, std::uint64_t> written;  // life → last commit
    readAuditFrom(file_, known.number, [&](const std::string& line) {
        if (const auto [life, id] = placeOf(line); life != 0) written[life] = id;
    });
    for (; !portions.empty(); portions = options_.happenings->happened(upTo, kPassedAtOnce))
        for (const HappeningPortion& one : portions) {
            const auto found = written.find(one.life);
            if (found == written.end() || one.id > found->second) return upTo;
            upTo = one.id;
        }
    return upTo;
}

void Audit::ready() const { needRoom(file_, kRoom); }

void Audit::write(const AuditRecord& record) {
    Waiting waiting{&record, false, {}};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&waiting);
    wanted_.notify_one();
    done_.wait(lock, [&] { return waiting.done; });
    if (waiting.error) throw *waiting.error;
}

void Audit::tell(AuditRecord record) noexcept {
    try {
        std::string key = alike(record);
        const auto now = std::chrono::steady_clock::now();
        const std::lock_guard lock(mutex_);
        if (const auto same = told_.at.find(key); same != told_.at.end()) {
            ++told_.records[same->second].second;
            return;
        }
        if (now - second_ >= std::chrono::seconds(1)) {
            second_ = now;
            toldInSecond_ = 0;
        }
        if (toldInSecond_ < kToldInSecond && told_.records.size() < kToldMost) {
            ++toldInSecond_;
            told_.at.emplace(std::move(key), told_.records.size());
            told_.records.emplace_back(std::move(record), 1);
        } else {
            ++lost_[record.what];
        }
        if (told_.records.size() == 1) wanted_.notify_one();
    } catch (const std::exception& error) {  // no memory
        log_.error("audit-not-written", {{"what", error.what()}});
    }
}

void Audit::run() {
    for (Batch batch; take(batch); batch = {}) writeBatch(batch);
}

/// @return false when all is written and nothing more is to come
bool Audit::take(Batch& batch) {
    std::unique_lock lock(mutex_);
    const auto urgent = [&] { return stopping_ || !waiting_.empty(); };
    wanted_.wait(lock,
                 [&] { return urgent() || happened_ || !told_.records.empty() || !lost_.empty(); });
    wanted_.wait_for(lock, troubled_ ? kPatience : options_.gather, urgent);
    batch.waiting.swap(waiting_);
    batch.told = std::exchange(told_, {});
    batch.lost.swap(lost_);
    const bool happened = std::exchange(happened_, false);
    const bool last = stopping_;
    lock.unlock();
    const bool more = happened && readPassed(batch);
    lock.lock();
    happened_ |= more;
    // At the end what cannot be written is not tried for ever: the store keeps what it did.
    return !last || more || !batch.waiting.empty() || !batch.told.records.empty() ||
           !batch.lost.empty() || !batch.passed.empty();
}

/// @return whether there may be more of it
bool Audit::readPassed(Batch& batch) try {
    if (options_.happenings)
        batch.passed = options_.happenings->happened(passedUpTo_, kPassedAtOnce);
    return !batch.passed.empty();
} catch (const Error& error) {
    tellTrouble(error);
    return false;
}

void Audit::writeBatch(Batch& batch) {
    std::optional<Error> error;
    try {
        care();
        Text text{{}, head_};
        addPassed(text, batch.passed);
        addTold(text, batch);
        for (const Waiting* const one : batch.waiting) add(text, *one->record);
        put(text);
        if (!batch.passed.empty()) passedUpTo_ = batch.passed.back().id;
        troubled_ = false;
    } catch (const Error& thrown) {
        error.emplace(thrown);
        tellTrouble(thrown);
    }
    if (!error) remember();
    finish(batch, error);
}

void Audit::add(Text& text, const AuditRecord& record) const {
    const std::string line = auditLine(record, now_(), text.head);
    text.head = {text.head.number + 1, sha256(line)};
    text.bytes += line;
    text.bytes += '\n';
}

void Audit::addPassed(Text& text, const std::vector<HappeningPortion>& passed) const {
    for (std::size_t from = 0, to = 0; from < passed.size(); from = to) {
        std::size_t size = 0;
        for (; to < passed.size() && passed[to].life == passed[from].life && size < kPassedInLine;
             ++to)
            size += passed[to].all.size();
        const std::string line = passedLine(passed, from, to, now_(), text.head);
        text.head = {text.head.number + 1, sha256(line)};
        text.bytes += line;
        text.bytes += '\n';
    }
}

void Audit::addTold(Text& text, Batch& batch) const {
    for (auto& [record, times] : batch.told.records) {
        if (times > 1) record.details["count"] = std::to_string(times);
        add(text, record);
    }
    if (batch.lost.empty()) return;
    AuditRecord lost = own(audit_word::kOverflow, {});
    for (const auto& [what, times] : batch.lost) lost.details[what] = std::to_string(times);
    add(text, lost);
}

/// All of it, or nothing: half a line of a full disk is taken back.
void Audit::put(const Text& text) {
    if (text.bytes.empty()) return;
    const auto takeBack = [&](int code) {
        if (::ftruncate(descriptor_, static_cast<off_t>(written_)) != 0)
            log_.error("audit-torn", {{"file", file_}});
        fail(file_, code);
    };
    for (std::size_t at = 0; at < text.bytes.size();) {
        const ssize_t done = ::write(descriptor_, text.bytes.data() + at, text.bytes.size() - at);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) takeBack(errno);
        at += static_cast<std::size_t>(done);
    }
    if (::fdatasync(descriptor_) != 0) takeBack(errno);
    written_ += text.bytes.size();
    head_ = text.head;
    if (partBegan_ == Time{}) partBegan_ = now_();
}

void Audit::remember() {
    try {
        if (passedUpTo_ > toldUpTo_)
            options_.happenings->told(passedUpTo_, kAuditNote, head_.text());
        else if (notebook_ != nullptr)
            notebook_->setNote(kAuditNote, head_.text());
        toldUpTo_ = passedUpTo_;
    } catch (const Error& error) {  // the line is there; the next one tells the store of both
        log_.warning("audit-not-noted", {{"what", error.what()}});
    }
}

void Audit::finish(Batch& batch, const std::optional<Error>& error) {
    const std::lock_guard lock(mutex_);
    for (Waiting* const one : batch.waiting) {
        // An own one: copies would share their text with this thread.
        if (error) one->error.emplace(error->fault, error->where, error->reason());
        one->done = true;
    }
    done_.notify_all();
    if (!error) return;
    for (const auto& [record, times] : batch.told.records) lost_[record.what] += times;
    for (const auto& [what, times] : batch.lost) lost_[what] += times;
    if (stopping_) lost_.clear();
    happened_ = !batch.passed.empty() && !stopping_;
}

void Audit::tellTrouble(const Error& error) {
    if (!std::exchange(troubled_, true))
        log_.error("audit-not-written", {{"where", error.where}, {"what", error.what()}});
}

/// Closes the open part when it is large or of another month, packs and removes closed ones.
void Audit::care() {
    if (descriptor_ < 0) openFile();
    const Time now = now_();
    const bool large = written_ >= options_.part;
    const bool old = partBegan_ != Time{} && monthOf(partBegan_) < monthOf(now);
    if (large || old) closePart();
    if (now >= nextCare_ || large || old) tidy(now);
}

void Audit::closePart() {
    const AuditPart closed = closeAuditPart(file_, partFirst_, partBegan_);
    log_.info("audit-part-closed", {{"file", closed.path}});
    ::close(std::exchange(descriptor_, -1));
    const std::uint64_t former = std::exchange(partFirst_, head_.number + 1);
    partBegan_ = {};
    openFile();
    Text text{{}, head_};
    add(text, own(audit_word::kPart, {{"former_from", std::to_string(former)},
                                      {"former_to", std::to_string(head_.number)}}));
    put(text);
}

/// What fails here is tried again, and keeps nothing from being written.
void Audit::tidy(Time now) {
    nextCare_ = now + kCareEvery;
    try {
        packAuditParts(file_);
        removeOldParts(now);
    } catch (const Error& error) {
        log_.warning("audit-not-tidied", {{"where", error.where}, {"what", error.what()}});
    }
}

/// The oldest ones, and each only once a record tells of it.
void Audit::removeOldParts(Time now) {
    if (options_.keep.count() <= 0) return;
    const std::vector<AuditPart> parts = closedAuditParts(file_);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // The next one's first record came after its last.
        AuditLines next(i + 1 < parts.size() ? parts[i + 1].path : file_);
        std::string line;
        if (!next.next(line)) return;
        const JsonValue first = parsedJson(line);
        if (timeFromText(first["at"].text) >= now - options_.keep) return;
        Text text{{}, head_};
        add(text, own(audit_word::kRemoved, {{"from", std::to_string(parts[i].first)},
                                             {"to", std::to_string(first["n"].number() - 1)},
                                             {"hash", first["before"].text}}));
        put(text);
        removeAuditPart(parts[i]);
        log_.info("audit-part-removed", {{"file", parts[i].path}});
    }
}

}  // namespace gateway
