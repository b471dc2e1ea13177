#include "cli/wishes.h"

namespace gateway {
namespace {

/// "1 s", "2 min"
std::string spanText(std::uint64_t ms) {
    if (ms % 60'000 == 0) return std::to_string(ms / 60'000) + " min";
    if (ms % 1'000 == 0) return std::to_string(ms / 1'000) + " s";
    return std::to_string(ms) + " ms";
}

}  // namespace

Reason quietText(const std::string& shown) {
    return say("quiet until {0}", "silence jusqu'à {0}", {shown});
}

Reason rateText(std::uint64_t most, std::uint64_t perMilliseconds) {
    return say("at most {0} in {1}", "au plus {0} en {1}",
               {std::to_string(most), spanText(perMilliseconds)});
}

}  // namespace gateway
