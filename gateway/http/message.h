/// @file  An HTTP request and its answer, as handlers see them.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/bytes.h"
#include "gateway/message.h"

namespace gateway::http {

/// Header fields in their order; names compare without case.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> fields) : fields_(fields) {}

    void add(std::string name, std::string value);
    void remove(std::string_view name);
    /// The first of that name, or empty.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const { return count(name) > 0; }
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

struct Request {
    std::string method;
    std::string path;   ///< percent-decoded; begins with '/', without "." and ".." segments
    std::string query;  ///< as written, without '?'; never for a log
    Headers headers;
    Bytes body;
    /// "peer", "http.request" (which of this process); over TLS with a client certificate
    /// "tls.subject", "tls.fingerprint"; of a unix-domain socket "user" (the system's)
    Facts facts;
    std::any noted = {};  ///< what the gate found out, for the handler
};

struct Response {
    int status = 200;
    Headers headers;  ///< Content-Length, Date and Connection are the server's own
    Bytes body;
};

/// What a handler throws to have these bytes sent, HTTP or not, and the connection closed: for
/// partners that are simulated, bad ones too.
struct RawAnswer {
    std::string bytes;
};

/// Answers a whole request. Many threads. What it throws is answered with 500.
using Handler = std::function<Response(const Request&)>;
/// Looks at a request before its body is read: an answer refuses it.
using Gate = std::function<std::optional<Response>(Request&)>;

/// Words what the server itself refuses: bad framing, too large, too late, too many. One line of
/// text unless the protocol on top has its own form.
using Wording = std::function<Response(int status, std::string_view what)>;

/// "Not Found" of 404.
std::string_view reasonPhrase(int status);
/// Without case, ASCII.
bool sameText(std::string_view a, std::string_view b);
/// Undoes %XX; nothing when an escape is broken or gives a control character.
std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace = false);
/// The decoded values of "a=1&b=2", in order; broken escapes stay as written.
std::vector<std::pair<std::string, std::string>> queryValues(std::string_view query);
/// The media type of a Content-Type without its parameters, in lower case.
std::string mediaTypeOf(std::string_view contentType);

}  // namespace gateway::http
