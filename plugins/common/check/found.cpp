#include "common/check/found.h"

namespace check {
using gateway::Severity;

namespace {
constexpr std::size_t kMost = 200;
}  // namespace

bool Found::full() const { return count_ >= kMost; }

void Found::error(gateway::Node at, gateway::Reason text) {
    if (++count_ <= kMost)
        issues_.add(Severity::error, at.path(), std::move(text));
    else if (count_ == kMost + 1)
        issues_.add(Severity::error, "", {"more of the same follows", "d'autres suivent"});
}

}  // namespace check
