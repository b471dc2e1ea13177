#include "connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>

#include "late_answers.h"
#include "mllp/ack.h"
#include "mllp/stream.h"

namespace transport_mllp {
using gateway::Bytes;
using gateway::Error;
using gateway::Fault;
using Result = tls::Session::Result;

namespace {

constexpr std::size_t kMaxWaiting = 64;
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxOut = std::size_t{256} << 10;
constexpr std::size_t kKeptOut = std::size_t{4} << 10;
constexpr std::size_t kMaxJunk = std::size_t{64} << 10;
constexpr std::size_t kFloor = std::size_t{16} << 10;  // of memory, that every connection may have
constexpr std::size_t kFrameCost = 64;                 // of a frame, beside its bytes
constexpr std::size_t kSlowest = std::size_t{64} << 10;  // bytes a second of a large frame
constexpr std::size_t kTlsRecord = std::size_t{16} << 10;
constexpr std::chrono::seconds kLinger{2};
constexpr std::chrono::seconds kNoReturn{1};  // of quiet, then a frame without its 0x0D is whole

Error tooMuch() {
    return Error(Fault::unavailable, {},
                 {"too many large messages at once: try later",
                  "trop de grands messages à la fois : réessayer plus tard"});
}

/// The commit bytes of MLLP release 2, from a peer whose answer was ours to give.
bool isCommit(std::string_view frame) { return frame == "\x06" || frame == "\x15"; }

}  // namespace

Connection::Connection(int socket, Peer peer, const ListenOptions& options,
                       tls::Session::Judge judge, Poller& poller, Budget& budget)
    : peer_(std::move(peer)),
      options_(options),
      poller_(poller),
      budget_(budget),
      socket_(socket),
      judge_(std::move(judge)),
      handshaken_(options.tls == nullptr),
      framer_(options.maxFrame) {
    mllp::keepAlive(socket);
    facts_.set("peer", peer_.text);
    if (options_.tls && peer_.tooMany) {
        handshaken_ = true;  // not worth a handshake
        linger();
    }
    interest_ = handshaken_ ? EPOLLIN : EPOLLIN | EPOLLONESHOT;
    poller_.add(socket, interest_, this);
}

Connection::~Connection() { close(); }

void Connection::close() {
    const std::lock_guard lock(mutex_);
    if (socket_ < 0) return;
    if (tls_ && !lingering_) tls_->shutdown();
    poller_.remove(socket_);
    ::close(socket_);
    socket_ = -1;
    waiting_.clear();
    waitingBytes_ = 0;
    std::string().swap(out_);
    forget();
    account();
}

Connection::Next Connection::onEvents(std::uint32_t events, std::span<char> buffer,
                                      Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (failed_) {
        Next next = *std::exchange(failed_, std::nullopt);
        if (!next.close) await(EPOLLIN);
        return next;
    }
    if (lingering_) return {.close = discard(buffer)};
    if (!handshaken_) return {.shake = true};
    const bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if ((events & EPOLLOUT) != 0) flush();
    if (mayRead()) return receive(buffer, now);
    wantsWrite_ = false;
    updateInterest();
    return {.close = gone || finish()};
}

gateway::Facts Connection::shown() const {
    gateway::Facts facts;
    facts.set("peer", peer_.text);
    facts.set("tls.subject", identity_.subject);
    facts.set("tls.fingerprint", identity_.fingerprint);
    return facts;
}

void Connection::shake() {
    const std::lock_guard lock(mutex_);
    if (socket_ < 0 || handshaken_ || lingering_) return;
    try {
        if (!tls_) {
            welcomedBy_ = options_.tls->current();
            tls_ = std::make_unique<tls::Session>(*welcomedBy_, socket_);
            if (judge_) tls_->askOf(std::move(judge_));
        }
        const Result result = tls_->handshake();
        if (result == Result::wantRead) return await(EPOLLIN | EPOLLONESHOT);
        if (result == Result::wantWrite) return await(EPOLLOUT | EPOLLONESHOT);
        if (result == Result::closed) {
            failed_ = Next{.close = true, .why = End::handshake, .cause = "the peer closed it"};
            return await(EPOLLIN | EPOLLOUT);
        }
    } catch (const Error& error) {
        if (tls_) identity_ = tls_->peer();
        failed_ = Next{.why = !tls_               ? End::handshake
                              : tls_->unwelcome() ? End::stranger
                              : tls_->distrusts() ? End::distrusted
                                                  : End::handshake,
                       .cause = error.what()};
        linger();  // so that the alert, which says why, gets there
        return await(EPOLLIN | EPOLLOUT);
    }
    handshaken_ = true;
    identity_ = tls_->peer();
    tls::note(facts_, identity_);
    active_ = Clock::now();
    updateInterest();
}

long Connection::readSome(std::span<char> buffer) {
    if (tls_) return readTls(buffer);
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (got >= 0) return got;
    return errno == EAGAIN || errno == EINTR ? -1 : 0;
}

long Connection::readTls(std::span<char> buffer) {
    std::size_t all = 0;
    try {
        // Room for a record each time: nothing is left inside OpenSSL, where no event would tell.
        while (buffer.size() - all >= kTlsRecord) {
            std::size_t got = 0;
            const Result result = tls_->read(buffer.data() + all, buffer.size() - all, got);
            wantsWrite_ = result == Result::wantWrite;
            if (result == Result::closed && all == 0) return 0;
            if (result != Result::done) break;
            all += got;
        }
    } catch (const Error&) {
        if (all == 0) return 0;  // else the next read says so again
    }
    return all == 0 ? -1 : static_cast<long>(all);
}

Connection::Next Connection::receive(std::span<char> buffer, Clock::time_point now) {
    const long got = readSome(buffer);
    if (got < 0) {
        updateInterest();
        return {};
    }
    Next next;
    if (got > 0) {
        if (std::optional<Next> refused = judgeAgain()) return *std::move(refused);
        active_ = now;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        const bool cut = goesOn(bytes);
        next = keep(bytes, now);
        if (cut) next.cutShort = unreturnedId_;
    } else {
        next = endOfInput();
    }
    next.queue = !busy_ && !waiting_.empty();
    busy_ = busy_ || next.queue;
    updateInterest();
    next.close = finish();
    return next;
}

/// Certificates may have been revoked, or have expired, since the peer has shown its own.
std::optional<Connection::Next> Connection::judgeAgain() {
    if (!tls_) return {};
    std::shared_ptr<const tls::Context> now = options_.tls->inForce();
    if (now == welcomedBy_) return {};
    welcomedBy_ = std::move(now);
    const std::optional<gateway::Reason> why = tls_->refusedBy(*welcomedBy_);
    if (!why) return {};
    return Next{.close = true, .why = End::distrusted, .cause = why->en};
}

Connection::Next Connection::endOfInput() {
    ending_ = ended_ = true;  // the peer may have closed its side alone, and still read answers
    const bool whole = framer_.lacksReturn() && !peer_.tooMany;
    const bool cut = framer_.inFrame() && !whole;
    std::string last = whole ? framer_.takeWithoutReturn() : std::string();
    tellGivenUp(last);
    if (whole) push(std::move(last), Frame::Kind::unreturned);
    return {.why = cut ? End::cut : End::none};
}

/// Looks at what follows a frame that was taken without its 0x0D. @return whether that was too
/// early
bool Connection::goesOn(std::string_view bytes) {
    if (!unreturned_) return false;
    if (bytes.front() == '\r') unreturned_ = false;  // it has come after all
    const std::size_t at = bytes.find_first_not_of("\n\x1c");
    if (!unreturned_ || at == bytes.npos) return false;
    unreturned_ = false;
    if (bytes[at] == '\x0b' || bytes[at] == '\r') return false;
    if (waiting_.empty() || waiting_.back().kind != Frame::Kind::unreturned) return true;
    // No worker has it yet.
    waitingBytes_ -= waiting_.back().text.size() + kFrameCost;
    framer_.resume(std::move(waiting_.back().text));
    waiting_.pop_back();
    return false;
}

void Connection::unreturnedIs(const std::string& id) {
    const std::lock_guard lock(mutex_);
    unreturnedId_ = id;
}

Connection::Next Connection::keep(std::string_view bytes, Clock::time_point now) {
    const bool had = framer_.inFrame();
    const std::uint64_t abandoned = framer_.abandoned();
    bool more = false;
    bool refused = false;
    try {
        while (std::optional<std::string> frame = framer_.take(bytes)) {
            more = true;
            tellGivenUp(*frame);
            if (!push(std::move(*frame))) refused = true;
        }
    } catch (const Error& error) {
        return refuse(End::tooLarge, error, framer_.begun());
    } catch (const std::bad_alloc&) {  // less memory than the options say
        return refuse(End::noMemory, tooMuch(), framer_.begun());
    }
    const bool anew = framer_.abandoned() != abandoned;
    if (framer_.inFrame() && (!had || more || anew)) frameSince_ = now;
    account();
    if (peer_.tooMany && (more || framer_.begun().size() > kMaxJunk)) return refuseOneTooMany();
    if (framer_.begun().size() > kFloor && overMemory())
        return refuse(End::noMemory, tooMuch(), framer_.begun());
    if (framer_.unframed() > kMaxJunk) return refuseUnframed();
    if (anew) return {.why = End::startedAnew};
    return {.why = refused ? End::refusedAnswer : End::none};
}

/// @return whether it is no refusal of an answer of ours
bool Connection::push(std::string frame, Frame::Kind kind) {
    // To answer an answer would never end.
    if (isCommit(frame)) return frame == "\x06";
    waitingBytes_ += frame.size() + kFrameCost;
    waiting_.push_back({std::move(frame), kind});
    return true;
}

/// Queues an answer to each frame that its sender did not end, unless it sent the same again.
/// @param next  what came instead
void Connection::tellGivenUp(std::string_view next) {
    for (std::string& begun : framer_.takeAbandoned()) {
        const mllp::Head head(begun);
        if (peer_.tooMany || head.answeredId().empty() || isAnswer(begun, head) ||
            head.answeredId() == mllp::Head(next).answeredId())
            continue;
        push(std::move(begun), Frame::Kind::givenUp);
    }
}

Connection::Next Connection::refuse(End why, const Error& error, std::string_view message) {
    mllp::Verdict verdict = mllp::Verdict::of(error);
    verdict.kind = mllp::Verdict::Kind::reject;
    const std::string ack = mllp::acknowledgement(mllp::Head(message), verdict,
                                                  gateway::currentTime(), mllp::newControlId());
    tellGivenUp(message);
    if (options_.commit) lastWords_ = mllp::kNoCommit;
    if (!ack.empty()) mllp::appendFrame(lastWords_, ack);
    forget();
    ending_ = true;
    account();
    return {.why = why};
}

/// Lets go of what has begun, its memory too, which an assignment would keep.
void Connection::forget() {
    mllp::Framer fresh(options_.maxFrame);
    std::swap(framer_, fresh);
}

Connection::Next Connection::refuseOneTooMany() {
    const std::string first =
        waiting_.empty() ? std::string(framer_.begun()) : std::move(waiting_.front().text);
    waiting_.clear();
    waitingBytes_ = 0;
    return refuse(
        End::none,
        Error(Fault::unavailable, {},
              {"too many connections: try later", "trop de connexions : réessayer plus tard"}),
        first);
}

Connection::Next Connection::refuseUnframed() {
    return refuse(End::noMllp,
                  Error(Fault::malformed, {},
                        {"a message must stand between 0x0B and 0x1C 0x0D",
                         "un message doit être entre 0x0B et 0x1C 0x0D"}),
                  {});
}

bool Connection::discard(std::span<char> buffer) {
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

Connection::Next Connection::onTick(Clock::time_point now) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) return {};  // it is being served, or shaking hands
    Next next = lookAtTime(now);
    next.queue = !busy_ && !waiting_.empty();
    busy_ = busy_ || next.queue;
    if (ending_ && !next.close) next.close = finish();
    updateInterest();
    return next;
}

Connection::Next Connection::lookAtTime(Clock::time_point now) {
    if (failed_ || socket_ < 0) return {};
    const auto quiet = now - active_;
    const auto late = [&](auto since, auto allowed, End why) -> Next {
        return since > allowed ? Next{.close = true, .why = why} : Next{};
    };
    if (lingering_ || peer_.tooMany) return late(quiet, kLinger, End::none);
    if (!handshaken_) return late(quiet, options_.midFrame, End::handshake);
    if (!out_.empty() || !waiting_.empty()) frameSince_ = now;  // it is us who do not read
    if (framer_.lacksReturn() && quiet > std::min<Clock::duration>(kNoReturn, options_.midFrame)) {
        frameSince_ = now;
        // While others wait before it or bytes are unread, it may still turn out to go on.
        if (busy_ || !mayRead() || hasUnread()) return {};
        std::string frame = framer_.takeWithoutReturn();
        tellGivenUp(frame);
        push(std::move(frame), Frame::Kind::unreturned);
        unreturned_ = true;
        unreturnedId_.clear();
        return {};
    }
    if (!framer_.inFrame() && (busy_ || late_ > 0)) return {};
    if (!framer_.inFrame() && framer_.unframed() > 0 && quiet > options_.midFrame)
        return refuseUnframed();
    if (!framer_.inFrame()) return late(quiet, options_.idle, End::idle);
    const auto allowed =
        options_.midFrame + std::chrono::seconds(framer_.begun().size() / kSlowest);
    if (now - frameSince_ <= allowed) return {};
    return refuse(
        End::midFrame,
        Error(Fault::unavailable, {},
              {"the message was not finished in time", "le message n'a pas été terminé à temps"}),
        framer_.begun());
}

bool Connection::drain() {
    const std::lock_guard lock(mutex_);
    if (!ending_) active_ = Clock::now();
    ending_ = true;
    draining_ = true;
    updateInterest();
    return finish() || !handshaken_;
}

void Connection::take(std::size_t most, std::vector<Frame>& frames) {
    const std::lock_guard lock(mutex_);
    for (; most > 0 && !waiting_.empty(); --most) {
        Waiting frame = std::move(waiting_.front());
        waiting_.pop_front();
        const std::size_t cost = frame.text.size() + kFrameCost;
        waitingBytes_ -= cost;
        inWork_ += cost;
        frames.push_back({Bytes(std::move(frame.text)), frame.kind});
    }
    updateInterest();
}

void Connection::say(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    inWork_ = 0;
    account();
    if (socket_ < 0) return;
    send(bytes);
    updateInterest();
}

bool Connection::answer(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    inWork_ = 0;
    busy_ = !waiting_.empty();
    account();
    if (socket_ < 0) return false;
    active_ = Clock::now();
    send(bytes);
    updateInterest();
    if (finish()) ::shutdown(socket_, SHUT_RDWR);  // tells the loop, which closes
    return busy_;
}

void Connection::expectLate() {
    const std::lock_guard lock(mutex_);
    ++late_;
}

Connection::Sent Connection::sayLate(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    --late_;
    if (socket_ < 0 || lingering_) return Sent::gone;
    active_ = Clock::now();
    send(bytes);
    updateInterest();
    if (finish()) ::shutdown(socket_, SHUT_RDWR);
    return ended_ || peerHasClosed() ? Sent::afterItsEnd : Sent::yes;
}

/// Though the loop has not seen it yet.
bool Connection::peerHasClosed() const {
    char byte;
    return ::recv(socket_, &byte, 1, MSG_PEEK) == 0;
}

void Connection::send(std::string_view bytes) {
    if (bytes.empty()) return;
    const bool first = out_.empty();
    out_ += bytes;
    if (first)
        flush();
    else
        account();
}

void Connection::flush() {
    std::size_t done = 0;
    try {
        while (done < out_.size()) {
            const std::string_view rest = std::string_view(out_).substr(done);
            std::size_t put = 0;
            if (tls_) {
                const Result result = tls_->write(rest, put);
                if (result == Result::closed) done = out_.size();
                if (result != Result::done) break;
            } else {
                const ssize_t count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
                if (count < 0 && errno != EAGAIN && errno != EINTR) done = out_.size();
                if (count < 0) break;
                put = static_cast<std::size_t>(count);
            }
            done += put;
        }
    } catch (const Error&) {
        done = out_.size();  // nobody is there to read it; reading will tell the loop
    }
    out_.erase(0, done);
    if (out_.empty() && out_.capacity() > kKeptOut) std::string().swap(out_);
    account();
}

bool Connection::mayRead() const {
    return !ending_ && waiting_.size() < kMaxWaiting && waitingBytes_ < kMaxWaitingBytes &&
           out_.size() < kMaxOut && (waiting_.empty() || !overMemory());
}

/// Whether it holds more than its own part while all together hold too much.
bool Connection::overMemory() const {
    return accounted_ > 0 && budget_.load(std::memory_order_relaxed) > options_.memory;
}

bool Connection::hasUnread() const {
    char byte;
    return ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void Connection::updateInterest() {
    if (!handshaken_ || failed_) return;  // shake() says itself what it waits for
    const bool read = lingering_ || mayRead();
    const bool write = !lingering_ && (!out_.empty() || wantsWrite_);
    const std::uint32_t wanted = (read ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U);
    if (wanted != interest_) await(wanted);
}

void Connection::await(std::uint32_t events) {
    if (socket_ < 0) return;
    interest_ = events;
    poller_.change(socket_, events, this);
}

bool Connection::finish() {
    if (!ending_ || lingering_ || busy_ || late_ > 0 || !waiting_.empty()) return false;
    if (!lastWords_.empty()) send(std::exchange(lastWords_, {}));
    updateInterest();
    if (!out_.empty()) return false;
    if (tls_) tls_->shutdown();
    linger();
    updateInterest();
    char byte;
    const ssize_t unread = ::recv(socket_, &byte, 1, MSG_PEEK);
    return unread == 0 || (unread < 0 && (draining_ || errno != EAGAIN));
}

void Connection::linger() {
    // Closing with unread input would reset the connection, and what was said might be lost with
    // it.
    ::shutdown(socket_, SHUT_WR);
    ending_ = true;
    lingering_ = true;
}

void Connection::account() {
    const std::size_t held = framer_.held() + waitingBytes_ + inWork_ + out_.size();
    const std::size_t now = held > kFloor ? held - kFloor : 0;
    if (now == accounted_) return;
    budget_ += now - accounted_;
    accounted_ = now;
}

}  // namespace transport_mllp
