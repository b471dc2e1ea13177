/// @file  Where an HTTP/1.1 message begins and ends: bytes in, requests or refusals out, no
/// sockets.
///
/// Boost.Beast parses; what it tolerates and RFC 9112 calls unsafe is refused here
/// (docs/decisions/0004-http-parser.md).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/limits.h"
#include "http/message.h"

namespace gateway::http {

/// Why bytes are no request that this server takes: after it the connection is closed.
struct Refusal {
    int status = 400;
    std::string what;  ///< never repeats what was received
};

/// Reads the requests of one connection, one after the other.
class RequestReader {
public:
    enum class State {
        idle,      ///< no byte of the next request is here
        head,      ///< inside its header
        headed,    ///< the header is whole; the body waits for readBody()
        body,      ///< inside its body
        complete,  ///< take() it, then next()
        refused    ///< for good
    };

    explicit RequestReader(const Limits& limits);
    ~RequestReader();

    State state() const { return state_; }
    /// Takes bytes of the peer. Not in state headed or complete, where nothing more is needed.
    State feed(std::string_view bytes);

    /// In state headed: method, path, query, headers.
    const Request& head() const { return request_; }
    std::optional<std::uint64_t> contentLength() const;
    bool expectsContinue() const;
    /// Whether bytes after the header are here already.
    bool hasMore() const { return !buffer_.empty(); }
    bool closes() const;  ///< the peer asked to close after this request
    /// From state headed on.
    State readBody();
    /// Bytes of the body so far.
    std::uint64_t bodySize() const;

    /// In state complete.
    Request take();
    /// After take(): begins the next request with what is here.
    State next();

    const Refusal& refusal() const { return refusal_; }

private:
    struct Parser;
    State refuse(int status, std::string what);
    State readHead();
    State skipEmptyLine();
    State parseHead(std::size_t size);
    bool checkHead();
    bool checkLength();
    bool checkTarget(std::string_view target);
    void checkAbsolute(std::string_view target);

    const Limits limits_;
    State state_ = State::idle;
    std::string buffer_;       ///< received and not yet parsed
    std::size_t scanned_ = 0;  ///< of the header under way
    std::size_t lines_ = 0;
    bool inTarget_ = true;
    bool afterEmptyLine_ = false;
    std::unique_ptr<Parser> parser_;
    Request request_;
    Refusal refusal_;
};

/// Reads one response of a server.
class ResponseReader {
public:
    enum class State { reading, complete, broken };

    /// @param headOnly  the answer to HEAD: no body follows
    ResponseReader(std::uint64_t bodyLimit, bool headOnly);
    ~ResponseReader();

    State feed(std::string_view bytes);
    /// The peer closed: a body without length ends here.
    State end();
    State state() const { return state_; }
    bool keepsAlive() const;
    /// In state complete.
    Response take();

private:
    struct Parser;
    State read();

    const std::uint64_t bodyLimit_;
    const bool headOnly_;
    State state_ = State::reading;
    std::string buffer_;
    std::unique_ptr<Parser> parser_;
};

}  // namespace gateway::http
