#include "http/connection.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <new>

#include "gateway/error.h"
#include "gateway/guard.h"
#include "http/inflate.h"

namespace gateway::http {
namespace {

constexpr std::uint64_t kBig = 1 << 20;
constexpr Milliseconds kLinger{1000};
constexpr std::uint64_t kFairRate = 64 << 10;      ///< bytes a second that a slow line has
constexpr std::size_t kWrittenAtOnce = 256 << 10;  ///< of an answer, under one deadline
constexpr const char* kNoMemory = "no memory for it now, try later";

std::string httpDate() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 40> text;
    const std::size_t size =
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
    return {text.data(), size};
}

Response plainResponse(int status, std::string_view what) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    if (status == 503) response.headers.add("Retry-After", "5");
    response.body = Bytes(std::string(what) + "\n");
    return response;
}

/// Tells one request of this process from another, be it asked twice who sends it.
std::string nextRequest() {
    static std::atomic<std::uint64_t> requests = 0;
    return std::to_string(++requests);
}

bool hasBody(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string toWire(const Response& response, bool keepAlive, bool headOnly) {
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
    out += reasonPhrase(response.status);
    out += "\r\nDate: " + httpDate() + "\r\n";
    for (const auto& [name, value] : response.headers.all())
        out += name + ": " + guard::fieldValue(value) + "\r\n";
    if (hasBody(response.status))
        out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    out += keepAlive ? "\r\n" : "Connection: close\r\n\r\n";
    if (!headOnly && hasBody(response.status)) out += response.body.view();
    return out;
}

Connection::Connection(Service& service, const Poco::Net::StreamSocket& socket, std::string peer)
    : service_(service), peer_(std::move(peer)), stream_(socket), reader_(service.limits) {}

Connection::~Connection() { giveBack(); }

void Connection::run() noexcept {
    try {
        serve();
    } catch (const RawAnswer& raw) {
        stream_.write(raw.bytes, in(service_.limits.write));
        unread_ = true;
    } catch (const std::exception&) {
        service_.log->error("http-connection-failed", {{"peer", stream_.peer()}});
        stream_.abort();
    }
    stream_.close(unread_ ? kLinger : Milliseconds(0));
}

void Connection::serve() {
    if (!handshake()) return;
    for (bool first = true; readHead(first); first = false) {
        if (!stillWelcome()) return;
        const Next next = serveRequest();
        if (next == Next::close) return;
        markBusy(false);
        if (service_.stopping) return;
        reader_.next();
    }
}

bool Connection::handshake() {
    if (service_.tls) {
        welcomedBy_ = service_.tls->current();
        const Io io = stream_.acceptTls(*welcomedBy_, in(service_.limits.header));
        if (!io.ok()) {
            tellRefused(io.kind == Io::Kind::timeout
                            ? Reason("no handshake in time", "pas de négociation à temps")
                            : io.why);
            unread_ = io.kind == Io::Kind::broken;  // lets the alert, which says why, get there
            return false;
        }
    }
    facts_ = stream_.facts();
    return true;
}

/// Certificates may have been revoked, or have expired, since the peer has shown its own.
bool Connection::stillWelcome() {
    if (!service_.tls) return true;
    std::shared_ptr<const tls::Context> now = service_.tls->current();
    if (now == welcomedBy_) return true;
    if (const std::optional<Reason> why = stream_.tls()->refusedBy(*now)) {
        tellRefused(*why);
        return false;
    }
    welcomedBy_ = std::move(now);
    return true;
}

void Connection::tellRefused(const Reason& why) {
    if (!service_.refused) return;
    service_.refused(
        {stream_.peer(), why, stream_.tls() != nullptr ? stream_.tls()->peer() : tls::Identity()});
}

/// False: the connection is to be closed, and everything that could be said was said.
bool Connection::readHead(bool first) {
    using State = RequestReader::State;
    Deadline deadline = in(first ? service_.limits.header : service_.limits.idle);
    std::array<char, 16384> bytes;
    while (reader_.state() == State::idle || reader_.state() == State::head) {
        const bool idle = reader_.state() == State::idle;
        const Io io = stream_.read(bytes.data(), bytes.size(), deadline);
        if (io.kind == Io::Kind::timeout && !idle)
            return turnAway(408, "the header did not come in time");
        if (!io.ok()) return false;
        if (idle) {
            markBusy(true);
            if (!first) deadline = in(service_.limits.header);
        }
        reader_.feed({bytes.data(), io.bytes});
    }
    markBusy(true);
    if (reader_.state() == State::headed) return true;
    answerRefusal();
    return false;
}

void Connection::answerRefusal() {
    const Refusal& refusal = reader_.refusal();
    warn("http-refused", refusal.status, refusal.what);
    turnAway(refusal.status, refusal.what);
}

Connection::Next Connection::serveRequest() {
    const bool headOnly = reader_.head().method == "HEAD";
    facts_.set("http.request", nextRequest());
    noted_.reset();
    if (auto refused = refusedUnread()) {
        const bool keep = reader_.readBody() == RequestReader::State::complete &&
                          !reader_.closes() && !service_.stopping;
        if (keep) reader_.take();
        return answer(*refused, keep, headOnly) && keep ? Next::request : Next::close;
    }
    if (!readBody()) return Next::close;
    const bool closes = reader_.closes();
    Request request = reader_.take();
    request.facts = facts_;
    request.noted = std::move(noted_);
    const Response response = handled(request);
    giveBack();
    const bool keep = !closes && !service_.stopping;
    return answer(response, keep, headOnly) && keep ? Next::request : Next::close;
}

/// What can be said before the body is read.
std::optional<Response> Connection::refusedUnread() {
    if (const auto wait = service_.peers->tooMany(peer_, std::chrono::steady_clock::now())) {
        warn("http-too-many-requests", 429, "too many requests in this time");
        Response refused = worded(429, "too many requests in this time");
        refused.headers.add("Retry-After", std::to_string(wait->count() / 1000 + 1));
        return refused;
    }
    if (!service_.gate) return std::nullopt;
    // The gate sees the facts; the reader owns the request until its body is there.
    Request head = reader_.head();
    head.facts = facts_;
    std::optional<Response> refused = service_.gate(head);
    noted_ = std::move(head.noted);
    return refused;
}

Response Connection::handled(Request& request) {
    const Peers::Turn turn(*service_.peers, peer_, in(service_.limits.body));
    if (!turn.begun()) return worded(503, "too many requests at once");
    try {
        if (service_.gzip) inflate(request);
        return service_.handler(request);
    } catch (const Error& refused) {
        if (refused.where != kInflated) return failed();
        const int status = refused.fault == Fault::malformed  ? 400
                           : refused.fault == Fault::rejected ? 413
                                                              : 503;
        warn("http-refused", status, refused.what());
        return worded(status, refused.what());
    } catch (const std::bad_alloc&) {
        return worded(503, kNoMemory);
    } catch (const std::exception&) {
        return failed();
    }
}

/// Tells of a refusal, unless this peer has filled enough of the log.
void Connection::warn(std::string_view event, int status, const std::string& what) {
    const auto untold = service_.peers->tells(peer_, std::chrono::steady_clock::now());
    if (!untold) return;
    service_.log->warning(event, {{"peer", stream_.peer()},
                                  {"status", status},
                                  {"what", what},
                                  {"untold", static_cast<std::int64_t>(*untold)}});
}

Response Connection::failed() {
    service_.log->error("http-handler-failed", {{"peer", stream_.peer()}});
    return worded(500, "internal error");
}

/// Handlers see what a gzip body was made of, and no Content-Encoding.
void Connection::inflate(Request& request) {
    const std::string_view encoding = request.headers.get("content-encoding");
    if (!sameText(encoding, "gzip") && !sameText(encoding, "x-gzip")) return;
    const InflateLimits limits{service_.limits.bodyBytes};
    request.body = Bytes(inflated(request.body.view(), limits,
                                  [this](std::uint64_t bytes) { return holdsBig(bytes); }));
    request.headers.remove("content-encoding");
}

bool Connection::readBody() try {
    using State = RequestReader::State;
    const Deadline begun = in(Milliseconds(0));
    if (!holdsBig(reader_.contentLength().value_or(0)))
        return turnAway(503, "too many large bodies at once");
    if (reader_.expectsContinue() && !reader_.hasMore() &&
        !stream_.write("HTTP/1.1 100 Continue\r\n\r\n", in(service_.limits.body)).ok())
        return false;
    std::string bytes;
    for (State state = reader_.readBody(); state != State::complete;) {
        if (state == State::refused) {
            answerRefusal();
            return false;
        }
        if (!holdsBig(reader_.bodySize())) return turnAway(503, "too many large bodies at once");
        bytes.resize(std::size_t{64} << 10);
        const Io io = stream_.read(bytes.data(), bytes.size(),
                                   until(begun, reader_.bodySize(), service_.limits.body));
        if (io.kind == Io::Kind::timeout) return turnAway(408, "the body did not come in time");
        if (!io.ok()) return false;
        state = reader_.feed({bytes.data(), io.bytes});
    }
    return true;
} catch (const std::bad_alloc&) {  // less memory than the limits say
    return turnAway(503, kNoMemory);
}

/// When more must have come, or gone, than `bytes`: what is slow for its size is given up, and what
/// hardly moves before that.
Deadline Connection::until(Deadline begun, std::uint64_t bytes, Milliseconds within) const {
    const Limits& limits = service_.limits;
    const auto time = [bytes](std::uint64_t rate) {
        return Milliseconds(1000 * bytes / std::max<std::uint64_t>(rate, 1));
    };
    return begun + std::min(within + time(kFairRate), limits.slowStart + time(limits.leastRate));
}

/// Takes our share of the memory for large bodies; false when there is none left.
bool Connection::holdsBig(std::uint64_t bytes) {
    if (bytes <= kBig || bytes <= big_) return true;
    if (!service_.peers->hold(peer_, bytes - big_)) return false;
    big_ = bytes;
    return true;
}

Response Connection::worded(int status, std::string_view what) const {
    return service_.wording ? service_.wording(status, what) : plainResponse(status, what);
}

/// The last answer of this connection; always false.
bool Connection::turnAway(int status, std::string_view what) {
    answer(worded(status, what), false, false);
    return false;
}

void Connection::giveBack() {
    if (big_ > 0) service_.peers->giveBack(peer_, big_);
    big_ = 0;
}

/// True when it was sent.
bool Connection::answer(const Response& response, bool keepAlive, bool headOnly) {
    if (!keepAlive) unread_ = true;
    const std::string wire = toWire(response, keepAlive, headOnly);
    const Deadline begun = in(Milliseconds(0));
    for (std::size_t sent = 0; sent < wire.size(); sent += kWrittenAtOnce) {
        const auto piece = std::string_view(wire).substr(sent, kWrittenAtOnce);
        if (!stream_.write(piece, until(begun, sent, service_.limits.write)).ok()) return false;
    }
    return true;
}

void Connection::refuse() noexcept {
    try {
        const Milliseconds brief{500};
        if (!service_.tls || stream_.acceptTls(*service_.tls->current(), in(brief)).ok()) {
            stream_.write(toWire(worded(503, "too many connections"), false, false), in(brief));
            stream_.close(brief);
        }
    } catch (const std::exception&) {
        service_.log->error("http-connection-failed", {{"peer", stream_.peer()}});
    }
    stream_.abort();
}

void Connection::markBusy(bool busy) {
    const std::lock_guard lock(mutex_);
    if (busy_ && !busy) idleSince_ = in(Milliseconds(0));
    busy_ = busy;
}

std::optional<Deadline> Connection::idleSince() const {
    const std::lock_guard lock(mutex_);
    return busy_ ? std::nullopt : std::optional(idleSince_);
}

void Connection::endIfIdle() {
    const std::lock_guard lock(mutex_);
    if (!busy_) stream_.wake();
}

}  // namespace gateway::http
