#include "http/client.h"

#include <Poco/Net/SocketAddress.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <mutex>

#include "gateway/error.h"
#include "gateway/guard.h"
#include "http/framing.h"
#include "net/resolve.h"

namespace gateway::http {
namespace {
using Clock = std::chrono::steady_clock;
using Poco::Net::SocketAddress;

constexpr Milliseconds kAlert{100};

/// A connection that waits for its next use.
struct Idle {
    std::unique_ptr<Stream> stream;
    Clock::time_point since;
};

bool isToken(std::string_view text, std::string_view more) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               more.find(c) != more.npos;
    });
}

[[noreturn]] void badUrl(const Reason& what) { throw Error(Fault::malformed, "url", what); }

std::string head(const Request& request, const std::string& target, const std::string& host) {
    std::string out = request.method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
    for (const auto& [name, value] : request.headers.all())
        out += name + ": " + guard::fieldValue(value) + "\r\n";
    if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD"))
        out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
    return out + "\r\n";
}

}  // namespace

std::string Url::authority() const {
    const bool v6 = host.find(':') != host.npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Url parsedUrl(std::string_view text) {
    Url url;
    if (text.starts_with("https://")) {
        url.tls = true;
    } else if (!text.starts_with("http://")) {
        badUrl({"expected http://host[:port]/path or https://host[:port]/path",
                "attendu http://hôte[:port]/chemin ou https://hôte[:port]/chemin"});
    }
    text.remove_prefix(url.tls ? 8 : 7);
    const std::size_t slash = std::min(text.find_first_of("/?#"), text.size());
    std::string_view authority = text.substr(0, slash);
    url.target = text.substr(slash);
    if (url.target.empty() || url.target.front() == '?') url.target.insert(0, "/");
    if (!isToken(url.target, "-._~:/?[]@!$&'()*+,;=%"))
        badUrl({"path with a character that must be escaped, or a fragment",
                "chemin avec un caractère à échapper, ou un fragment"});
    if (authority.find('@') != authority.npos)
        badUrl({"no user name in an address", "pas de nom d'utilisateur dans une adresse"});
    const bool v6 = authority.starts_with('[');
    const std::size_t hostEnd =
        v6 ? authority.find(']') : std::min(authority.find(':'), authority.size());
    if (hostEnd == authority.npos) badUrl({"'[' without ']'", "« [ » sans « ] »"});
    url.host = authority.substr(v6 ? 1 : 0, hostEnd - (v6 ? 1 : 0));
    if (url.host.empty() || !isToken(url.host, v6 ? ":." : "-._"))
        badUrl({"no host that can be read", "aucun hôte lisible"});
    const std::string_view port =
        authority.substr(std::min(authority.size(), hostEnd + (v6 ? 1 : 0)));
    url.port = url.tls ? 443 : 80;
    if (port.empty()) return url;
    const char* const end = port.data() + port.size();
    const auto read = std::from_chars(port.data() + 1, end, url.port);
    if (port.front() != ':' || read.ptr != end || read.ec != std::errc() || url.port == 0)
        badUrl({"no port that can be read", "aucun port lisible"});
    return url;
}

struct Client::Parts {
    std::unique_ptr<Stream> idleOne();
    std::unique_ptr<Stream> connectTo(Deadline until);
    std::unique_ptr<Stream> connect(Deadline deadline);
    void keep(std::unique_ptr<Stream> stream);
    Response answer(Stream& stream, bool headOnly, bool fresh, bool& keep, Deadline deadline);

    ClientOptions options;
    std::string where;  ///< for errors
    std::mutex mutex;   ///< guards idle
    std::deque<Idle> idle;
};

Client::Client(ClientOptions options) : parts_(std::make_unique<Parts>()) {
    parts_->options = std::move(options);
    const ClientOptions& o = parts_->options;
    if (o.server.tls && !o.tls)
        parts_->options.tls = std::make_shared<tls::Credentials>(tls::Role::client, tls::Options{});
    parts_->where = o.local.empty() ? o.server.authority() : o.local;
}

Client::~Client() = default;

void Client::closeIdle() noexcept {
    const std::lock_guard lock(parts_->mutex);
    parts_->idle.clear();
}

std::unique_ptr<Stream> Client::Parts::idleOne() {
    const std::shared_ptr<const tls::Context> context =
        options.server.tls ? options.tls->current() : nullptr;
    const std::lock_guard lock(mutex);
    while (!idle.empty()) {
        Idle one = std::move(idle.back());
        idle.pop_back();
        // What came while nobody asked is a close, or nothing that we could believe. Files that
        // have changed may have changed whom we believe.
        if (Clock::now() - one.since < options.keepIdle && !one.stream->stirred() &&
            (!context || one.stream->tls()->madeBy(*context)))
            return std::move(one.stream);
    }
    return nullptr;
}

void Client::Parts::keep(std::unique_ptr<Stream> stream) {
    const std::lock_guard lock(mutex);
    idle.push_back({std::move(stream), Clock::now()});
    if (idle.size() > options.connections) idle.pop_front();
}

/// The first of the host's addresses that takes the connection.
std::unique_ptr<Stream> Client::Parts::connectTo(Deadline until) {
    const net::Resolved resolved = net::resolve(options.server.host, options.server.port, until);
    std::optional<Error> last;
    std::size_t left = resolved.addresses.size();
    for (const net::SocketAddress& to : resolved.addresses) {
        try {
            return Stream::connect(SocketAddress(to.get(), to.size()),
                                   net::turn(Clock::now(), until, left--));
        } catch (const Error& failed) {  // the next one may be better
            last.emplace(failed);
        }
    }
    throw last ? *last : Error(Fault::unavailable, where, resolved.cause);
}

std::unique_ptr<Stream> Client::Parts::connect(Deadline deadline) {
    const Deadline until = std::min(deadline, Clock::now() + options.connectWithin);
    if (!options.local.empty())
        return Stream::connect(SocketAddress(SocketAddress::UNIX_LOCAL, options.local), until);
    auto stream = connectTo(until);
    if (!options.server.tls) return stream;
    const std::shared_ptr<const tls::Context> context = options.tls->current();
    if (!context)
        throw Error(
            Fault::unavailable, where,
            {"the files of its `tls` are not good", "les fichiers de son `tls` ne sont pas bons"});
    const Io io = stream->connectTls(*context, options.server.host, until);
    if (io.ok()) return stream;
    throw Error(Fault::unavailable, where,
                io.kind == Io::Kind::timeout
                    ? Reason("no TLS handshake in time", "pas de négociation TLS à temps")
                    : io.why);
}

Response Client::Parts::answer(Stream& stream, bool headOnly, bool fresh, bool& keepAlive,
                               Deadline deadline) {
    using State = ResponseReader::State;
    ResponseReader reader(options.answerBytes, headOnly);
    std::string bytes(std::size_t{16} << 10, '\0');
    bool any = false;
    for (State state = State::reading; state != State::complete;) {
        const Io io = stream.read(bytes.data(), bytes.size(), deadline);
        any = any || io.ok();
        if (io.kind == Io::Kind::timeout)
            throw Error(Fault::uncertain, where,
                        {"no whole answer in time", "pas de réponse entière à temps"});
        // TLS 1.3: the peer looks at our certificate after we may send, and takes nothing before.
        if (io.peerRefusedUs && fresh && !any) throw Error(Fault::unavailable, where, io.why);
        if (io.kind == Io::Kind::broken)
            throw Error(Fault::uncertain, where,
                        say("no whole answer: {0}", "pas de réponse entière : {0}", {io.why}));
        state = io.ok() ? reader.feed({bytes.data(), io.bytes}) : reader.end();
        if (state == State::broken)
            throw Error(Fault::uncertain, where,
                        io.ok() ? Reason("its answer is not HTTP", "sa réponse n'est pas du HTTP")
                                : Reason("it closed before a whole answer",
                                         "il a fermé avant une réponse entière"));
    }
    keepAlive = reader.keepsAlive();
    return reader.take();
}

Response Client::exchange(const Request& request, const std::string& target, Deadline deadline) {
    Parts& parts = *parts_;
    std::unique_ptr<Stream> stream = parts.idleOne();
    const bool fresh = stream == nullptr;
    if (fresh) stream = parts.connect(deadline);
    const std::string host =
        parts.options.local.empty() ? parts.options.server.authority() : "localhost";
    std::string first = head(request, target, host);
    // One write, one packet, where the body is small.
    const bool together = request.body.size() <= (64u << 10);
    if (together) first += request.body.view();
    Io io = stream->write(first, deadline);
    if (io.bytes == 0 && !io.ok() && fresh && stream->tls() != nullptr) {
        // TLS 1.3: the peer may have refused our certificate meanwhile, and gone.
        char byte = 0;
        const Io said = stream->read(&byte, 1, std::min(deadline, Clock::now() + kAlert));
        if (said.peerRefusedUs) throw Error(Fault::unavailable, parts.where, said.why);
    }
    if (io.bytes == 0 && !io.ok())
        throw Error(Fault::unavailable, parts.where,
                    {"connection lost before anything was sent",
                     "connexion perdue avant que rien ne soit envoyé"});
    if (io.ok() && !together) io = stream->write(request.body.view(), deadline);
    // An answer may have come before the peer stopped reading; without one the end is uncertain.
    bool keepAlive = false;
    Response response = parts.answer(*stream, request.method == "HEAD", fresh, keepAlive, deadline);
    if (keepAlive && io.ok()) parts.keep(std::move(stream));
    return response;
}

}  // namespace gateway::http
