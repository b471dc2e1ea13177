#include "reports.h"

namespace fhir {
using namespace gateway;

void Reports::add(Severity severity, Node node, Reason text) {
    constexpr std::size_t kMost = 100;
    const std::size_t count = ++counts_[static_cast<std::size_t>(severity)];
    if (count <= kMost)
        issues_.add(severity, places_.of(node), std::move(text));
    else if (count == kMost + 1)
        issues_.add(severity, "", {"more of the same follows", "d'autres suivent"});
}

}  // namespace fhir
