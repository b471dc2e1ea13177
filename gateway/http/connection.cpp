#include "http/connection.h"

#include <array>
#include <ctime>

namespace gateway::http {
namespace {

constexpr std::uint64_t kBig = 1 << 20;
constexpr Milliseconds kLinger{1000};

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

bool hasBody(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string toWire(const Response& response, bool keepAlive, bool headOnly) {
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
    out += reasonPhrase(response.status);
    out += "\r\nDate: " + httpDate() + "\r\n";
    for (const auto& [name, value] : response.headers.all()) out += name + ": " + value + "\r\n";
    if (hasBody(response.status))
        out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
    out += keepAlive ? "\r\n" : "Connection: close\r\n\r\n";
    if (!headOnly && hasBody(response.status)) out += response.body.view();
    return out;
}

Connection::Connection(Service& service, const Poco::Net::StreamSocket& socket)
    : service_(service), stream_(socket), reader_(service.limits) {}

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
        const Next next = serveRequest();
        if (next == Next::close) return;
        markBusy(false);
        if (service_.stopping) return;
        reader_.next();
    }
}

bool Connection::handshake() {
    if (service_.tls) {
        const Io io = stream_.acceptTls(service_.tls, in(service_.limits.header));
        if (!io.ok()) {
            service_.log->warning("tls-refused", {{"peer", stream_.peer()},
                                                  {"why", io.kind == Io::Kind::timeout
                                                              ? std::string("no handshake in time")
                                                              : io.why.en}});
            return false;
        }
    }
    facts_ = stream_.facts();
    return true;
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
    service_.log->warning(
        "http-refused",
        {{"peer", stream_.peer()}, {"status", refusal.status}, {"what", refusal.what}});
    turnAway(refusal.status, refusal.what);
}

Connection::Next Connection::serveRequest() {
    const bool headOnly = reader_.head().method == "HEAD";
    if (service_.gate) {
        // The gate sees the facts; the reader owns the request until its body is there.
        Request head = reader_.head();
        head.facts = facts_;
        if (auto refused = service_.gate(head)) {
            const bool keep = reader_.readBody() == RequestReader::State::complete &&
                              !reader_.closes() && !service_.stopping;
            if (keep) reader_.take();
            return answer(*refused, keep, headOnly) && keep ? Next::request : Next::close;
        }
    }
    if (!readBody()) return Next::close;
    const bool closes = reader_.closes();
    const Response response = handled();
    const bool keep = !closes && !service_.stopping;
    return answer(response, keep, headOnly) && keep ? Next::request : Next::close;
}

Response Connection::handled() {
    Request request = reader_.take();
    request.facts = facts_;
    try {
        Response response = service_.handler(request);
        giveBack();
        return response;
    } catch (const std::exception&) {
        giveBack();
        service_.log->error("http-handler-failed", {{"peer", stream_.peer()}});
        return worded(500, "internal error");
    }
}

bool Connection::readBody() {
    using State = RequestReader::State;
    const Deadline deadline = in(service_.limits.body);
    if (!holdsBig(reader_.contentLength().value_or(0)))
        return turnAway(503, "too many large bodies at once");
    if (reader_.expectsContinue() && !reader_.hasMore() &&
        !stream_.write("HTTP/1.1 100 Continue\r\n\r\n", deadline).ok())
        return false;
    std::string bytes;
    for (State state = reader_.readBody(); state != State::complete;) {
        if (state == State::refused) {
            answerRefusal();
            return false;
        }
        if (!holdsBig(reader_.bodySize())) return turnAway(503, "too many large bodies at once");
        bytes.resize(std::size_t{64} << 10);
        const Io io = stream_.read(bytes.data(), bytes.size(), deadline);
        if (io.kind == Io::Kind::timeout) return turnAway(408, "the body did not come in time");
        if (!io.ok()) return false;
        state = reader_.feed({bytes.data(), io.bytes});
    }
    return true;
}

/// Takes our share of the memory for large bodies; false when there is none left.
bool Connection::holdsBig(std::uint64_t bytes) {
    if (bytes <= kBig || bytes <= big_) return true;
    const std::uint64_t more = bytes - big_;
    if (service_.bigBodies.fetch_add(more) + more > service_.limits.bigBodies) {
        service_.bigBodies -= more;
        return false;
    }
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
    service_.bigBodies -= big_;
    big_ = 0;
}

/// True when it was sent.
bool Connection::answer(const Response& response, bool keepAlive, bool headOnly) {
    if (!keepAlive) unread_ = true;
    return stream_.write(toWire(response, keepAlive, headOnly), in(service_.limits.write)).ok();
}

void Connection::refuse() noexcept {
    try {
        const Milliseconds brief{500};
        if (!service_.tls || stream_.acceptTls(service_.tls, in(brief)).ok()) {
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
    busy_ = busy;
}

void Connection::endIfIdle() {
    const std::lock_guard lock(mutex_);
    if (!busy_) stream_.wake();
}

}  // namespace gateway::http
