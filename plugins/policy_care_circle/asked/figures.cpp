#include "asked/figures.h"

#include <algorithm>
#include <set>

namespace care_circle {

void Figures::count(const FigureName& name, std::int64_t value, std::uint32_t plan) {
    Figure& figure = figures_[name];
    figure.value += value;
    if (value == 0 || figure.people.size() >= kFewest) return;
    const auto at = std::lower_bound(figure.people.begin(), figure.people.end(), plan);
    if (at == figure.people.end() || *at != plan) figure.people.insert(at, plan);
}

void Figures::balance(std::vector<FigureName> left, std::vector<FigureName> right) {
    left.insert(left.end(), right.begin(), right.end());
    std::erase_if(left, [&](const FigureName& name) { return !figures_.contains(name); });
    balances_.push_back({std::move(left)});
}

void Figures::mask() {
    for (auto& [name, figure] : figures_)
        figure.masked = figure.few() || (figure.value > 0 && figure.value < std::int64_t{kFewest});
    for (bool more = true; more;) {
        more = false;
        for (const Balance& balance : balances_) more |= maskOneMore(balance);
    }
}

/// What is masked in a balance must be two figures at least, and stand for enough people together:
/// their sum can be reckoned.
bool Figures::maskOneMore(const Balance& balance) {
    std::size_t masked = 0;
    std::set<std::uint32_t> people;
    Figure* least = nullptr;
    for (const FigureName& name : balance.parts) {
        Figure& figure = figures_.at(name);
        if (figure.masked) {
            ++masked;
            people.insert(figure.people.begin(), figure.people.end());
        } else if (!figure.people.empty() && (least == nullptr || figure.value < least->value)) {
            least = &figure;
        }
    }
    if (masked == 0 || least == nullptr) return false;
    if (masked > 1 && people.size() >= kFewest) return false;
    least->masked = true;
    return true;
}

bool Figures::masked(const FigureName& name) const {
    const auto found = figures_.find(name);
    return found != figures_.end() && found->second.masked;
}

}  // namespace care_circle
