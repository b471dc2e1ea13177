#include "store/ids.h"

#include <openssl/rand.h>

#include <algorithm>

#include "gateway/error.h"

namespace gateway {

namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kMostDigits = 12;  // 60 bits, so that a number fits SQLite's integers

}  // namespace

std::string toBase32(std::uint64_t number) {
    std::string text;
    do {
        text.push_back(kDigits[number % 32]);
        number /= 32;
    } while (number != 0);
    std::reverse(text.begin(), text.end());
    return text;
}

std::optional<std::uint64_t> fromBase32(std::string_view text) {
    if (text.empty() || text.size() > kMostDigits || (text.front() == '0' && text.size() > 1))
        return {};
    std::uint64_t number = 0;
    for (const char c : text) {
        const auto digit = kDigits.find(c);
        if (digit == kDigits.npos) return {};
        number = number * 32 + digit;
    }
    return number;
}

Ids Ids::make() {
    unsigned char random[kPrefix];
    if (RAND_bytes(random, sizeof random) != 1)
        throw Error(Fault::unavailable, "store",
                    Reason{"the system gives no random numbers",
                           "le système ne donne pas de nombres aléatoires"});
    std::string prefix;
    for (const unsigned char byte : random) prefix.push_back(kDigits[byte % 32]);
    return Ids(prefix);
}

std::string Ids::message(std::uint64_t seq) const { return prefix_ + "-" + toBase32(seq); }

std::optional<std::uint64_t> Ids::message(std::string_view id) const {
    if (!id.starts_with(prefix_) || id.size() <= kPrefix || id[kPrefix] != '-') return {};
    return fromBase32(id.substr(kPrefix + 1));
}

std::string Ids::delivery(std::uint64_t number) const { return prefix_ + toBase32(number); }

std::optional<std::uint64_t> Ids::delivery(std::string_view id) const {
    if (!id.starts_with(prefix_)) return {};
    return fromBase32(id.substr(kPrefix));
}

}  // namespace gateway
