/// @file  One connection of the server, from its handshake to its end.
#pragma once

#include <any>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/log.h"
#include "http/framing.h"
#include "http/peers.h"
#include "http/stream.h"
#include "http/tls_refusals.h"
#include "tls/credentials.h"

namespace gateway::http {

/// What all connections of one server share.
struct Service {
    Limits limits;
    std::shared_ptr<tls::Credentials> tls;  ///< null: plain
    /// Of a handshake that failed, or a peer that is not let in any more. Any thread.
    std::function<void(const TlsRefusal&)> refused;
    Handler handler;
    Gate gate;
    Wording wording;
    Log* log = nullptr;
    bool gzip = false;
    Peers* peers = nullptr;
    std::atomic<bool> stopping = false;
};

/// Its status line, header fields and body as they go over the wire.
std::string toWire(const Response& response, bool keepAlive, bool headOnly);

class Connection {
public:
    /// @param peer  as Peers calls it
    Connection(Service& service, const Poco::Net::StreamSocket& socket, std::string peer);
    ~Connection();

    /// Serves until the peer leaves, something is wrong, or the server stops. Never throws.
    void run() noexcept;
    /// Answers the first thing that comes with 503 and closes.
    void refuse() noexcept;

    // From another thread.
    /// Since when nothing is under way; nothing while something is.
    std::optional<Deadline> idleSince() const;
    void endIfIdle();
    void abort() noexcept { stream_.abort(); }

private:
    enum class Next { request, close };

    void serve();
    bool handshake();
    bool stillWelcome();
    void tellRefused(const Reason& why);
    bool readHead(bool first);
    Next serveRequest();
    bool readBody();
    bool holdsBig(std::uint64_t bytes);
    std::optional<Response> refusedUnread();
    Response handled(Request& request);
    Response failed();
    void warn(std::string_view event, int status, const std::string& what);
    void inflate(Request& request);
    void giveBack();
    bool answer(const Response& response, bool keepAlive, bool headOnly);
    Response worded(int status, std::string_view what) const;
    bool turnAway(int status, std::string_view what);
    void answerRefusal();
    void markBusy(bool busy);
    Deadline in(Milliseconds time) const { return std::chrono::steady_clock::now() + time; }
    Deadline until(Deadline begun, std::uint64_t bytes, Milliseconds within) const;

    Service& service_;
    const std::string peer_;
    Stream stream_;
    RequestReader reader_;
    Facts facts_;
    std::shared_ptr<const tls::Context> welcomedBy_;  ///< that has let the peer in last
    std::any noted_;                                  ///< by the gate, of the request in hand
    std::uint64_t big_ = 0;                           ///< our share of the memory for large bodies
    bool unread_ = false;       ///< the peer may still be sending: linger at the end
    mutable std::mutex mutex_;  ///< guards the rest
    bool busy_ = false;
    Deadline idleSince_ = std::chrono::steady_clock::now();
};

}  // namespace gateway::http
