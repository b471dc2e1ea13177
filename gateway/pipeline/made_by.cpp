#include "pipeline/made_by.h"

#include <algorithm>
#include <charconv>

namespace gateway {
namespace {

constexpr char kBetween = '\t';

}  // namespace

std::string MadeBy::mark() const {
    if (route.empty()) return {};
    return route + kBetween + what + kBetween + std::to_string(which);
}

std::string MadeBy::text() const { return route.empty() ? maps : mark() + kBetween + maps; }

MadeBy MadeBy::of(std::string_view text) {
    MadeBy made;
    if (std::count(text.begin(), text.end(), kBetween) != 3) {
        made.maps = text;
        return made;
    }
    const auto next = [&] {
        const std::size_t end = std::min(text.find(kBetween), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return word;
    };
    made.route = next();
    made.what = next();
    const std::string_view which = next();
    std::from_chars(which.data(), which.data() + which.size(), made.which);
    made.maps = next();
    return made;
}

}  // namespace gateway
