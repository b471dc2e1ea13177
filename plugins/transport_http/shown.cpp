#include "shown.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kBearer = "Bearer ";

std::string tokenOf(const http::Headers& headers) {
    const std::string_view field = headers.get("authorization");
    if (field.empty()) return {};
    if (headers.count("authorization") > 1 ||
        !http::sameText(field.substr(0, kBearer.size()), kBearer))
        throw Unproven("Authorization", {"expected one bearer token", "attendu un jeton Bearer"});
    return std::string(field.substr(kBearer.size()));
}

std::string only(const http::Headers& headers, std::string_view name) {
    if (headers.count(name) > 1)
        throw Error(Fault::rejected, std::string(name),
                    {"stands there more than once", "s'y trouve plus d'une fois"});
    return std::string(headers.get(name));
}

}  // namespace

Shown shownBy(const http::Request& head) {
    return {head.facts, tokenOf(head.headers), only(head.headers, kActsFor),
            [&head](std::string_view name) { return only(head.headers, name); }};
}

}  // namespace transport_http
