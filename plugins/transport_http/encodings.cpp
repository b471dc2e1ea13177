#include "encodings.h"

#include "fhir_negotiation.h"
#include "http/deflate.h"
#include "outcome.h"

namespace transport_http {
using namespace gateway;

namespace {
constexpr std::size_t kWorthIt = 512;
}

std::optional<http::Response> refuseEncoding(const http::Headers& headers) {
    const std::string_view encoding = headers.get("content-encoding");
    // RFC 9110 §8.4.1.3: x-gzip is another name of it.
    const bool taken = encoding.empty() || http::sameText(encoding, "gzip") ||
                       http::sameText(encoding, "x-gzip") || http::sameText(encoding, "identity");
    if (taken && headers.count("content-encoding") <= 1) return std::nullopt;
    http::Response refused =
        outcome(415, "not-supported",
                Reason{"expected gzip, or no encoding", "attendu gzip, ou aucun encodage"}.in(
                    spokenOf(headers)),
                "Content-Encoding");
    refused.headers.add("Accept-Encoding", "gzip");
    return refused;
}

http::Response encoded(const http::Request& request, http::Response answer) {
    if (answer.body.size() < kWorthIt || !takesGzip(request.headers)) return answer;
    std::string body = http::deflated(answer.body.view());
    if (body.size() >= answer.body.size()) return answer;
    answer.body = Bytes(std::move(body));
    answer.headers.add("Content-Encoding", "gzip");
    if (!answer.headers.has("vary")) answer.headers.add("Vary", "Accept-Encoding");
    return answer;
}

}  // namespace transport_http
