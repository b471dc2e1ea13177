#include "listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "application_answers.h"

namespace transport_mllp {
using namespace gateway;

namespace {

constexpr std::size_t kBuffer = std::size_t{64} << 10;  // more than a TLS record
constexpr std::size_t kTooMany = 64;                    // are told so; others are just closed

std::string causeOf(Connection::End why) {
    switch (why) {
        case Connection::End::none: return {};
        case Connection::End::cut: return "the peer closed it within a frame";
        case Connection::End::stranger: return {};
        case Connection::End::distrusted: return {};
        case Connection::End::handshake: return "the TLS handshake was not finished in time";
        case Connection::End::midFrame: return "a frame was not finished in time";
        case Connection::End::idle: return "idle";
        case Connection::End::tooLarge: return "a frame was too large";
        case Connection::End::noMemory: return "too many large frames at once";
        case Connection::End::noMllp: return "the peer does not speak MLLP";
        case Connection::End::startedAnew: return "the peer began a frame within another";
        case Connection::End::refusedAnswer: return "the peer did not commit it";
    }
    return {};
}

const char* eventOf(Connection::End why) {
    switch (why) {
        case Connection::End::stranger:
        case Connection::End::distrusted: return "mllp connection refused";
        case Connection::End::startedAnew: return "mllp frame given up";
        case Connection::End::refusedAnswer: return "mllp answer refused";
        default: return "mllp connection ended";
    }
}

int milliseconds(Clock::duration left) {
    return static_cast<int>(
        std::clamp<std::int64_t>(std::chrono::ceil<Milliseconds>(left).count(), 0, 60'000));
}

}  // namespace

MllpListener::MllpListener(Config& config) : options_(config), address_(options_.listen.text()) {}

MllpListener::~MllpListener() { stop(Milliseconds{0}); }

void MllpListener::serve(const SourceOptions& source, Config& options) {
    sources_.add(source, options, options_);
}

std::shared_ptr<const AnswerWriter> MllpListener::answerWriter() const {
    return std::make_shared<ApplicationAnswers>();
}

void MllpListener::start(Gateway& gateway) {
    if (sources_.empty())
        throw Error(Fault::unavailable, options_.listen.text(),
                    {"no source uses this listener", "aucune source n'utilise cette écoute"});
    gateway_ = &gateway;
    socket_ = std::make_unique<mllp::ListenSocket>(options_.listen);
    address_ = socket_->address().text();
    poller_ = std::make_unique<Poller>();
    poller_->add(socket_->get(), EPOLLIN, this);
    door_.open(gateway, address_);
    workers_ = std::make_unique<Workers>(gateway, sources_, door_, options_);
    if (options_.tls) {
        options_.tls->tell(gateway.log());
        handshakes_ = std::make_unique<Handshakes>(*options_.tls);
    }
    buffer_.resize(kBuffer);
    if (options_.exposed)
        gateway.log().warning("mllp without TLS beyond this machine", {{"listener", address_}});
    thread_ = std::thread([this] { run(); });
}

void MllpListener::stop(Milliseconds grace) noexcept {
    if (!thread_.joinable()) return;
    stopBy_ = Clock::now() + grace;
    stopping_ = true;
    workers_->hurry();
    poller_->wake();
    thread_.join();
    handshakes_.reset();
    workers_->stop();
    connections_.clear();
}

void MllpListener::refresh(Findings& findings) {
    if (options_.tls) options_.tls->refresh(findings);
}

std::vector<Certificate> MllpListener::certificates() const {
    return options_.tls ? options_.tls->certificates() : std::vector<Certificate>();
}

/// Who may send nothing here is not let in.
tls::Session::Judge MllpListener::judge() const {
    return [this](const tls::Identity& identity) {
        Shown shown;
        shown.facts.set("tls.subject", identity.subject);
        shown.facts.set("tls.fingerprint", identity.fingerprint);
        const std::shared_ptr<const Access> access = gateway_->access();
        try {
            const Who who = access->who(shown);
            // For whom a known one acts its messages say.
            return who.known() || sources_.takesSomethingOf(who, *access);
        } catch (const Error&) {
            return true;  // its messages are told why
        }
    };
}

void MllpListener::run() {
    const Clock::duration step = std::clamp<Clock::duration>(
        std::min(options_.midFrame, options_.idle) / 4, Milliseconds{5}, Milliseconds{1000});
    Clock::time_point nextTick = Clock::now() + step;
    for (bool draining = false; !draining || (!connections_.empty() && now_ < stopBy_);) {
        const bool timed = !connections_.empty() || !accepting_ || draining;
        const auto until = draining ? std::min(nextTick, stopBy_) : nextTick;
        const auto events = poller_->wait(timed ? milliseconds(until - Clock::now()) : -1);
        now_ = Clock::now();
        for (const epoll_event& event : events) {
            if (event.data.ptr == this) {
                accept(now_);
                continue;
            }
            auto& connection = *static_cast<Connection*>(event.data.ptr);
            after(connection, connection.onEvents(event.events, buffer_, now_));
        }
        if (now_ >= nextTick) {
            tick(now_);
            nextTick = now_ + step;
        }
        workers_->push(ready_);
        ready_.clear();
        if (stopping_ && !std::exchange(draining, true)) drain();
    }
    for (const auto& [key, connection] : connections_) connection->close();
}

void MllpListener::accept(Clock::time_point now) {
    for (;;) {
        gateway::net::SocketAddress from;
        from.length = sizeof from.storage;
        const int socket =
            ::accept4(socket_->get(), from.get(), &from.length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM)) {
            // The listening socket stays readable: not looked at until the next tick.
            accepting_ = false;
            poller_->change(socket_->get(), 0, this);
            return note("mllp connection refused", {}, "no descriptors are left");
        }
        if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
        if (socket < 0) return;
        now_ = now;
        const mllp::Address address = mllp::Address::of(from);
        welcome(socket, {address.text(), address.host});
    }
}

const char* MllpListener::reasonAgainst(const Connection::Peer& peer) const {
    if (connections_.size() - tooMany_ >= options_.connections) return "too many connections";
    const auto found = perPeer_.find(peer.host);
    if (found != perPeer_.end() && found->second >= options_.connectionsPerPeer)
        return "too many connections of this peer";
    return nullptr;
}

void MllpListener::welcome(int socket, Connection::Peer peer) {
    if (const char* const reason = reasonAgainst(peer)) {
        note("mllp connection refused", peer.text, reason);
        if (tooMany_ >= kTooMany) {
            ::close(socket);
            return;
        }
        ++tooMany_;
        peer.tooMany = true;
    } else {
        ++perPeer_[peer.host];
    }
    const bool judged = options_.tls && !options_.tls->options().clients.empty();
    const auto connection = std::make_shared<Connection>(
        socket, std::move(peer), options_, judged ? judge() : nullptr, *poller_, budget_);
    connections_.emplace(connection.get(), connection);
}

void MllpListener::after(Connection& connection, const Connection::Next& next) {
    if (next.queue) ready_.push_back(connections_.at(&connection));
    if (next.shake) handshakes_->push(connections_.at(&connection));
    const bool turnedAway =
        next.why == Connection::End::stranger || next.why == Connection::End::distrusted;
    if (turnedAway || (next.why == Connection::End::handshake && !next.cause.empty()))
        door_.refused(connection.shown(), {}, {}, Reason(next.cause));
    if (next.why != Connection::End::none)
        note(eventOf(next.why), connection.peer(),
             next.cause.empty() ? causeOf(next.why) : next.cause,
             turnedAway ? connection.identity().fingerprint : std::string());
    if (next.cutShort)
        note("mllp frame cut short", connection.peer(),
             "more came of a frame that was taken without its last 0x0D", {}, *next.cutShort);
    if (next.close) drop(connection);
}

void MllpListener::drop(Connection& connection) {
    if (connection.tooMany()) {
        --tooMany_;
    } else {
        const auto found = perPeer_.find(connection.host());
        if (--found->second == 0) perPeer_.erase(found);
    }
    connection.close();
    connections_.erase(&connection);
}

void MllpListener::tick(Clock::time_point now) {
    std::vector<ConnectionPtr> all;
    all.reserve(connections_.size());
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const ConnectionPtr& connection : all) after(*connection, connection->onTick(now));
    if (accepting_ || !socket_) return;
    accepting_ = true;
    poller_->change(socket_->get(), EPOLLIN, this);
}

void MllpListener::drain() {
    poller_->remove(socket_->get());
    socket_.reset();
    std::vector<ConnectionPtr> all;
    for (const auto& [key, connection] : connections_) all.push_back(connection);
    for (const ConnectionPtr& connection : all)
        if (connection->drain()) drop(*connection);
}

void MllpListener::note(std::string_view event, const std::string& peer, const std::string& cause,
                        const std::string& fingerprint, const std::string& message) {
    Tally& tally = tallies_[cause];
    ++tally.count;
    // A flood of connections is no flood of lines.
    if (tally.logged && now_ - *tally.logged < std::chrono::seconds(1)) return;
    tally.logged = now_;
    Log& log = gateway_->log();
    if (!fingerprint.empty())
        log.warning(event, {{"listener", address_},
                            {"peer", peer},
                            {"cause", cause},
                            {"fingerprint", fingerprint},
                            {"count", tally.count}});
    else if (!message.empty())
        log.warning(event, {{"listener", address_},
                            {"peer", peer},
                            {"message", message},
                            {"cause", cause},
                            {"count", tally.count}});
    else
        log.warning(
            event,
            {{"listener", address_}, {"peer", peer}, {"cause", cause}, {"count", tally.count}});
}

}  // namespace transport_mllp
