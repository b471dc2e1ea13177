#include "connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "mllp/ack.h"

namespace transport_mllp {
using gateway::Bytes;
using gateway::Error;
using gateway::Fault;
using Result = tls::Session::Result;

namespace {

constexpr std::size_t kMaxWaiting = 32;
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxOut = std::size_t{256} << 10;
constexpr std::size_t kKeptOut = std::size_t{4} << 10;
constexpr std::size_t kMaxJunk = std::size_t{64} << 10;
constexpr std::size_t kLarge = std::size_t{1} << 20;
constexpr std::size_t kSlowest = std::size_t{64} << 10;  // bytes a second of a large frame
constexpr std::chrono::seconds kLinger{2};

}  // namespace

Connection::Connection(int socket, std::string peer, std::string host, const ListenOptions& options,
                       Poller& poller, Budget& budget)
    : peer_(std::move(peer)),
      host_(std::move(host)),
      options_(options),
      poller_(poller),
      budget_(budget),
      socket_(socket),
      handshaken_(!options.tls),
      framer_(options.maxFrame) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    facts_.set("peer", peer_);
    if (options.tls) tls_ = std::make_unique<tls::Session>(*options.tls, socket);
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
    framer_ = mllp::Framer(options_.maxFrame);
    account();
}

Connection::Next Connection::onEvents(std::uint32_t events, std::span<char> buffer,
                                      Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (lingering_) return {.close = discard(buffer)};
    if (!handshaken_) return handshake();
    const bool gone = (events & (EPOLLHUP | EPOLLERR)) != 0;
    if ((events & EPOLLOUT) != 0) flush();
    if (mayRead()) return receive(buffer, now);
    wantsWrite_ = false;
    updateInterest();
    return {.close = gone || finish()};
}

Connection::Next Connection::handshake() {
    Next next;
    try {
        const Result result = tls_->handshake();
        if (result == Result::closed)
            return {.close = true, .why = End::handshake, .cause = "the peer closed it"};
        handshaken_ = result == Result::done;
        wantsWrite_ = result == Result::wantWrite;
    } catch (const Error& error) {
        next = {.why = End::handshake, .cause = error.what()};
        linger();  // so that the alert, which says why, gets there
    }
    updateInterest();
    if (handshaken_ && options_.tls->asksClients()) {
        facts_.set("tls.subject", tls_->subject());
        facts_.set("tls.fingerprint", tls_->fingerprint());
        commonName_ = tls_->commonName();
    }
    return next;
}

long Connection::readSome(std::span<char> buffer) {
    if (!tls_) {
        const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
        if (got >= 0) return got;
        return errno == EAGAIN || errno == EINTR ? -1 : 0;
    }
    std::size_t got = 0;
    try {
        // The buffer holds more than a record: nothing is left inside OpenSSL, where no event
        // would tell of it.
        const Result result = tls_->read(buffer.data(), buffer.size(), got);
        wantsWrite_ = result == Result::wantWrite;
        if (result == Result::done) return static_cast<long>(got);
        return result == Result::closed ? 0 : -1;
    } catch (const Error&) {
        return 0;
    }
}

Connection::Next Connection::receive(std::span<char> buffer, Clock::time_point now) {
    const long got = readSome(buffer);
    if (got < 0) {
        updateInterest();
        return {};
    }
    Next next;
    if (got > 0) {
        active_ = now;
        next = keep({buffer.data(), static_cast<std::size_t>(got)}, now);
    } else {
        ending_ = true;  // the peer may have closed its side alone, and still read answers
        if (framer_.inFrame()) next.why = End::cut;
    }
    next.queue = !busy_ && !waiting_.empty();
    busy_ = busy_ || next.queue;
    updateInterest();
    next.close = finish();
    return next;
}

Connection::Next Connection::keep(std::string_view bytes, Clock::time_point now) {
    const bool had = framer_.inFrame();
    const std::size_t before = waiting_.size();
    try {
        while (std::optional<std::string> frame = framer_.take(bytes)) {
            waitingBytes_ += frame->size();
            waiting_.push_back(std::move(*frame));
        }
    } catch (const Error& error) {
        return refuse(End::tooLarge, error);
    }
    if (framer_.inFrame() && (!had || waiting_.size() != before)) frameSince_ = now;
    account();
    if (framer_.begun().size() > kLarge &&
        budget_.load(std::memory_order_relaxed) > options_.memory)
        return refuse(End::noMemory,
                      Error(Fault::unavailable, {}, "too many large messages at once: try later"));
    if (framer_.skipped() <= kMaxJunk) return {};
    ending_ = true;
    return {.why = End::noMllp};
}

Connection::Next Connection::refuse(End why, const Error& error) {
    const std::string ack =
        mllp::acknowledgement(mllp::Head(framer_.begun()), mllp::Verdict::of(error),
                              gateway::currentTime(), mllp::newControlId());
    if (!ack.empty()) lastWords_ = mllp::framed(ack);
    framer_ = mllp::Framer(options_.maxFrame);
    ending_ = true;
    account();
    return {.why = why};
}

bool Connection::discard(std::span<char> buffer) {
    const ssize_t got = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

Connection::Next Connection::onTick(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto quiet = now - active_;
    const auto late = [&](auto since, auto allowed, End why) -> Next {
        return since > allowed ? Next{.close = true, .why = why} : Next{};
    };
    if (lingering_) return late(quiet, kLinger, End::none);
    if (!handshaken_) return late(quiet, options_.midFrame, End::handshake);
    if (!out_.empty() || !waiting_.empty()) frameSince_ = now;  // it is us who do not read
    const auto allowed =
        options_.midFrame + std::chrono::seconds(framer_.begun().size() / kSlowest);
    if (framer_.inFrame()) return late(now - frameSince_, allowed, End::midFrame);
    return busy_ ? Next{} : late(quiet, options_.idle, End::idle);
}

bool Connection::drain() {
    const std::lock_guard lock(mutex_);
    if (!ending_) active_ = Clock::now();
    ending_ = true;
    draining_ = true;
    updateInterest();
    return finish() || !handshaken_;
}

std::optional<Bytes> Connection::take() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    std::string frame = std::move(waiting_.front());
    waiting_.pop_front();
    waitingBytes_ -= frame.size();
    inWork_ = frame.size();
    updateInterest();
    return Bytes(std::move(frame));
}

bool Connection::answer(std::string_view acknowledgement) {
    const std::lock_guard lock(mutex_);
    inWork_ = 0;
    busy_ = !waiting_.empty();
    account();
    if (socket_ < 0) return false;
    active_ = Clock::now();
    if (!acknowledgement.empty()) send(mllp::framed(acknowledgement));
    updateInterest();
    if (finish()) ::shutdown(socket_, SHUT_RDWR);  // tells the loop, which closes
    return busy_;
}

void Connection::send(std::string_view bytes) {
    const bool first = out_.empty();
    out_ += bytes;
    if (first) flush();
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
}

bool Connection::mayRead() const {
    return !ending_ && waiting_.size() < kMaxWaiting && waitingBytes_ < kMaxWaitingBytes &&
           out_.size() < kMaxOut;
}

void Connection::updateInterest() {
    const bool read = lingering_ || !handshaken_ || mayRead();
    const bool write = !lingering_ && (!out_.empty() || wantsWrite_);
    const std::uint32_t wanted = (read ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U);
    if (wanted == interest_ || socket_ < 0) return;
    interest_ = wanted;
    poller_.change(socket_, wanted, this);
}

bool Connection::finish() {
    if (!ending_ || lingering_ || busy_ || !waiting_.empty()) return false;
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
    const auto large = [](std::size_t size) { return size > kLarge ? size : 0; };
    const std::size_t now = large(framer_.begun().size()) + large(waitingBytes_) + large(inWork_);
    if (now == accounted_) return;
    budget_ += now - accounted_;
    accounted_ = now;
}

}  // namespace transport_mllp
