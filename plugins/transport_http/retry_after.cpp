#include "retry_after.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <string>

namespace transport_http {
using namespace gateway;

namespace {

constexpr Milliseconds kMost{86'400'000};

/// The three forms of RFC 9110 §5.6.7, all of them UTC.
std::optional<Time> dateOf(std::string_view written) {
    const std::string text(written);
    for (const char* form :
         {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
        std::tm parts{};
        const char* const end = ::strptime(text.c_str(), form, &parts);
        if (end != nullptr && *end == '\0') return Time(std::chrono::seconds(::timegm(&parts)));
    }
    return std::nullopt;
}

}  // namespace

Milliseconds retryAfter(const http::Headers& headers, Time now) {
    const std::string_view text = headers.get("retry-after");
    std::uint64_t seconds = 0;
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, seconds);
    if (!text.empty() && at == end && text.front() != '-')
        return error == std::errc()
                   ? std::min<Milliseconds>(
                         kMost, std::chrono::seconds(std::min<std::uint64_t>(seconds, 86'400)))
                   : kMost;
    const std::optional<Time> date = dateOf(text);
    if (!date) return Milliseconds(0);
    return std::clamp(*date - dateOf(headers.get("date")).value_or(now), Milliseconds(0), kMost);
}

}  // namespace transport_http
