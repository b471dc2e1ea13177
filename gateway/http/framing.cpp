/// The only source that includes Boost.Beast: its parsers alone, none of its sockets.

// Beast asserts that the last chunk comes with at least five bytes at once, which a peer that sends
// byte by byte disproves; its code holds there. An assertion that a peer can trip must not end us.
#define BOOST_DISABLE_ASSERTS
#include "http/framing.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <charconv>
#include <functional>

namespace gateway::http {
namespace {
namespace beast = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t kChunkExtension = 256;  ///< bytes of one chunk's extensions
constexpr std::size_t kChunkLine = 1024;      ///< bytes held for a chunk line that does not end
constexpr std::size_t kRequestLine = 64;      ///< method, spaces and version beside the target

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

bool isControl(char c) {
    const auto u = static_cast<unsigned char>(c);
    return u < 0x20 || u == 0x7f;
}

bool allDigits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// RFC 3986 characters of a path and query, and percent for escapes.
bool isTargetCharacter(char c) {
    constexpr std::string_view others = "-._~:/?[]@!$&'()*+,;=%";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
}

/// uri-host [":" port] (RFC 9110 §7.2): a name, an IPv4 address, or one of IPv6 in brackets.
bool isHost(std::string_view host) {
    const bool v6 = host.starts_with('[');
    const std::size_t end =
        v6 ? std::min(host.find(']'), host.size() - 1) + 1 : std::min(host.find(':'), host.size());
    const std::string_view name = host.substr(0, end), port = host.substr(end);
    if (name.empty() || (v6 && (name.size() < 4 || name.back() != ']'))) return false;
    if (!port.empty() &&
        (port.size() < 2 || port.size() > 6 || port[0] != ':' || !allDigits(port.substr(1))))
        return false;
    const std::string_view others = v6 ? "[]:." : "-._~%";
    return std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               others.find(c) != others.npos;
    });
}

bool isUpperWord(std::string_view method) {
    return method.size() <= 20 &&
           std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool hasDotSegment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);  // '/'
        const std::string_view segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

bool hasToken(const Headers& headers, std::string_view name, std::string_view wanted) {
    for (const auto& [known, value] : headers.all()) {
        if (!sameText(known, name)) continue;
        for (std::string_view rest = value; !rest.empty();) {
            std::string_view one = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(rest.size(), one.size() + 1));
            while (!one.empty() && (one.front() == ' ' || one.front() == '\t'))
                one.remove_prefix(1);
            while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
            if (sameText(one, wanted)) return true;
        }
    }
    return false;
}

}  // namespace

struct RequestReader::Parser {
    beast::request_parser<beast::string_body> beast;
    std::size_t headFields = 0;
    bool badExtension = false;
    std::function<void(std::uint64_t, boost::beast::string_view, error_code&)> onChunk;
};

RequestReader::RequestReader(const Limits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::refuse(int status, std::string what) {
    refusal_ = {status, std::move(what)};
    return state_ = State::refused;
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
    if (state_ == State::refused || bytes.empty()) return state_;
    buffer_.append(bytes);
    if (state_ == State::idle) state_ = State::head;
    if (state_ == State::head) return readHead();
    if (state_ == State::body) return readBody();
    return state_;
}

/// Looks at each byte of the header once, as it comes: what is wrong is refused at its place,
/// whatever follows.
RequestReader::State RequestReader::readHead() {
    for (; scanned_ < buffer_.size(); ++scanned_) {
        if (inTarget_ && scanned_ >= limits_.targetBytes + kRequestLine)
            return refuse(414, "target too long");
        if (scanned_ >= limits_.headerBytes) return refuse(431, "header too large");
        const char c = buffer_[scanned_];
        const char before = scanned_ > 0 ? buffer_[scanned_ - 1] : '\0';
        if (before == '\r' && c != '\n') return refuse(400, "CR without LF in the header");
        if (c == '\n') {
            if (before != '\r') return refuse(400, "LF without CR in the header");
            if (scanned_ == 1) {
                if (afterEmptyLine_) return refuse(400, "empty lines before the request");
                return skipEmptyLine();
            }
            if (buffer_[scanned_ - 2] == '\n') return parseHead(scanned_ + 1);
            inTarget_ = false;
            if (++lines_ > limits_.headerCount + 1) return refuse(431, "too many header fields");
        } else if ((c == ' ' || c == '\t') && before == '\n') {
            return refuse(400, "header field folded over lines");
        } else if (isControl(c) && c != '\r' && c != '\t') {
            return refuse(400, "control character in the header");
        }
    }
    return state_;
}

/// RFC 9112 §2.2: old clients end a body with a line end that belongs to nothing.
RequestReader::State RequestReader::skipEmptyLine() {
    buffer_.erase(0, 2);
    scanned_ = 0;
    afterEmptyLine_ = true;
    if (buffer_.empty()) return state_ = State::idle;
    return readHead();
}

RequestReader::State RequestReader::parseHead(std::size_t size) {
    parser_ = std::make_unique<Parser>();
    auto& parser = parser_->beast;
    parser.eager(false);
    parser.header_limit(static_cast<std::uint32_t>(limits_.headerBytes));
    parser.body_limit(limits_.bodyBytes);
    error_code failed;
    parser.put(boost::asio::buffer(buffer_.data(), size), failed);
    if (failed == beast::error::bad_version) {
        const std::string_view line(buffer_.data(), buffer_.find('\r'));
        const bool other = line.size() > 9 && line.substr(line.size() - 9).starts_with(" HTTP/") &&
                           std::count(line.begin(), line.end(), ' ') == 2;
        return refuse(other ? 505 : 400, "not HTTP/1.1");
    }
    if (failed == beast::error::body_limit) return refuse(413, "body too large");
    if (failed) return refuse(400, "header: " + failed.message());
    if (!parser.is_header_done()) return refuse(400, "header does not end");
    if (parser.get().version() != 11) return refuse(505, "not HTTP/1.1");
    buffer_.erase(0, size);

    request_ = {};
    request_.method = text(parser.get().method_string());
    for (const auto& field : parser.get()) {
        request_.headers.add(text(field.name_string()), text(field.value()));
        ++parser_->headFields;
    }
    if (!isUpperWord(request_.method)) return refuse(400, "method in unusual characters");
    // RFC 9110 §9.3.6, §9.3.8: tunnels and echoes are nobody's business here, whatever the handler.
    if (request_.method == "CONNECT" || request_.method == "TRACE")
        return refuse(501, "this method is not served");
    if (!checkTarget(text(parser.get().target())) || !checkHead() || !checkLength()) return state_;
    return state_ = State::headed;
}

bool RequestReader::checkTarget(std::string_view target) {
    if (target.size() > limits_.targetBytes) {
        refuse(414, "target too long");
    } else if (!std::all_of(target.begin(), target.end(), isTargetCharacter)) {
        refuse(400, "character in the target that must be escaped");
    } else if (!target.starts_with('/')) {
        checkAbsolute(target);
    } else {
        const std::size_t mark = std::min(target.find('?'), target.size());
        auto path = percentDecoded(target.substr(0, mark));
        if (!path || hasDotSegment(*path)) {
            refuse(400, "path with a broken escape or a dot segment");
        } else {
            request_.path = std::move(*path);
            request_.query = target.substr(std::min(target.size(), mark + 1));
        }
    }
    return state_ != State::refused;
}

/// RFC 9112 §3.2.2: a server takes the absolute form, and its authority counts; one that differs
/// from Host is nobody's honest request.
void RequestReader::checkAbsolute(std::string_view target) {
    const std::size_t scheme = target.find("://");
    const std::string_view name = target.substr(0, std::min(scheme, target.size()));
    if (scheme == target.npos || !(sameText(name, "http") || sameText(name, "https"))) {
        refuse(400, "target is neither a path nor an address");
        return;
    }
    target.remove_prefix(scheme + 3);
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    if (!sameText(target.substr(0, end), request_.headers.get("host"))) {
        refuse(400, "target and Host name different servers");
        return;
    }
    target.remove_prefix(end);
    if (target.starts_with('/'))
        checkTarget(target);
    else
        checkTarget("/" + std::string(target));
}

bool RequestReader::checkHead() {
    const Headers& headers = request_.headers;
    const std::string_view host = headers.get("host");
    if (headers.count("host") != 1 || host.empty()) {
        refuse(400, "Host must be given once");
    } else if (!isHost(host)) {
        refuse(400, "Host is neither a name nor an address");
    } else if (headers.has("expect") && !expectsContinue()) {
        refuse(417, "unknown expectation");
    }
    return state_ != State::refused;
}

bool RequestReader::checkLength() {
    const Headers& headers = request_.headers;
    const std::size_t lengths = headers.count("content-length");
    const std::size_t codings = headers.count("transfer-encoding");
    const std::string_view length = headers.get("content-length");
    if (lengths + codings > 1) {
        refuse(400, "more than one Content-Length or Transfer-Encoding");
    } else if (lengths == 1 && (!allDigits(length) || length.size() > 19)) {
        refuse(400, "Content-Length is no plain number");
    } else if (codings == 1 && !sameText(headers.get("transfer-encoding"), "chunked")) {
        refuse(501, "Transfer-Encoding other than chunked");
    } else if ((request_.method == "GET" || request_.method == "HEAD") &&
               (codings == 1 || contentLength().value_or(0) > 0)) {
        refuse(400, "body with " + request_.method);
    }
    return state_ != State::refused;
}

std::optional<std::uint64_t> RequestReader::contentLength() const {
    const std::string_view length = request_.headers.get("content-length");
    std::uint64_t value = 0;
    const char* const end = length.data() + length.size();
    if (length.empty() || std::from_chars(length.data(), end, value).ptr != end)
        return std::nullopt;
    return value;
}

bool RequestReader::expectsContinue() const {
    return request_.headers.count("expect") == 1 &&
           sameText(request_.headers.get("expect"), "100-continue");
}

bool RequestReader::closes() const { return hasToken(request_.headers, "connection", "close"); }

RequestReader::State RequestReader::readBody() {
    auto& parser = parser_->beast;
    if (state_ == State::headed) {
        state_ = State::body;
        parser.eager(true);
        parser_->onChunk = [this](std::uint64_t, boost::beast::string_view extension,
                                  error_code& failed) {
            parser_->badExtension = extension.size() > kChunkExtension ||
                                    std::any_of(extension.begin(), extension.end(), isControl);
            if (parser_->badExtension) failed = beast::error::bad_chunk_extension;
        };
        parser.on_chunk_header(parser_->onChunk);
    }
    while (!parser.is_done() && !buffer_.empty()) {
        error_code failed;
        const std::size_t used = parser.put(boost::asio::buffer(buffer_), failed);
        buffer_.erase(0, used);
        if (failed == beast::error::need_more) {
            if (buffer_.size() > kChunkLine) return refuse(400, "chunk line too long");
            break;
        }
        if (failed == beast::error::body_limit) return refuse(413, "body too large");
        if (failed) return refuse(400, "body: " + failed.message());
    }
    if (!parser.is_done()) return state_;
    const auto fields =
        static_cast<std::size_t>(std::distance(parser.get().begin(), parser.get().end()));
    if (fields != parser_->headFields) return refuse(400, "fields after the body");
    return state_ = State::complete;
}

std::uint64_t RequestReader::bodySize() const {
    return parser_ ? parser_->beast.get().body().size() : 0;
}

Request RequestReader::take() {
    request_.body = Bytes(std::move(parser_->beast.get().body()));
    return std::move(request_);
}

RequestReader::State RequestReader::next() {
    parser_.reset();
    request_ = {};
    scanned_ = lines_ = 0;
    inTarget_ = true;
    afterEmptyLine_ = false;
    state_ = buffer_.empty() ? State::idle : State::head;
    return buffer_.empty() ? state_ : readHead();
}

struct ResponseReader::Parser {
    beast::response_parser<beast::string_body> beast;
};

ResponseReader::ResponseReader(std::uint64_t bodyLimit, bool headOnly)
    : bodyLimit_(bodyLimit), headOnly_(headOnly) {}
ResponseReader::~ResponseReader() = default;

ResponseReader::State ResponseReader::feed(std::string_view bytes) {
    if (state_ != State::reading) return state_;
    buffer_.append(bytes);
    return read();
}

ResponseReader::State ResponseReader::read() {
    for (;;) {
        if (!parser_) {
            if (buffer_.empty()) return state_;
            parser_ = std::make_unique<Parser>();
            parser_->beast.eager(true);
            parser_->beast.header_limit(64 << 10);
            parser_->beast.body_limit(bodyLimit_);
            if (headOnly_) parser_->beast.skip(true);
        }
        auto& parser = parser_->beast;
        while (!parser.is_done() && !buffer_.empty()) {
            error_code failed;
            const std::size_t used = parser.put(boost::asio::buffer(buffer_), failed);
            buffer_.erase(0, used);
            if (failed == beast::error::need_more) return state_;
            if (failed) return state_ = State::broken;
        }
        if (!parser.is_done()) return state_;
        const unsigned status = parser.get().result_int();
        if (status == 101) return state_ = State::broken;
        if (status / 100 != 1) return state_ = State::complete;
        parser_.reset();  // 100 Continue, 103 Early Hints: the answer itself follows
    }
}

ResponseReader::State ResponseReader::end() {
    if (state_ != State::reading) return state_;
    error_code failed = beast::error::partial_message;
    if (parser_ && parser_->beast.is_header_done() && parser_->beast.need_eof())
        parser_->beast.put_eof(failed);
    return state_ = failed ? State::broken : State::complete;
}

bool ResponseReader::keepsAlive() const {
    return parser_ && parser_->beast.is_done() && parser_->beast.keep_alive() && buffer_.empty();
}

Response ResponseReader::take() {
    auto& message = parser_->beast.get();
    Response response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message)
        response.headers.add(text(field.name_string()), text(field.value()));
    response.body = Bytes(std::move(message.body()));
    return response;
}

}  // namespace gateway::http
