#include "awaited.h"

#include <algorithm>

namespace transport_mllp {

namespace {

constexpr std::size_t kRemembered = 10'000;

bool outstanding(const Awaited& one) { return one.due && !one.heard; }

}  // namespace

Speaker Speaker::sentTo(const mllp::Head& head, std::string host) {
    return {std::move(host), std::string(head.component(5, 1)), std::string(head.component(6, 1))};
}

Speaker Speaker::of(const mllp::Head& head, std::string host) {
    return {std::move(host), std::string(head.component(3, 1)), std::string(head.component(4, 1))};
}

int Speaker::likeness(const Speaker& other) const {
    const bool named = !application.empty() || !facility.empty();
    const bool names = named && application == other.application && facility == other.facility;
    return (!host.empty() && host == other.host) + names;
}

void AwaitedAnswers::add(const std::string& controlId, Awaited one) {
    due_ += outstanding(one);
    if (Awaited* known = find(controlId, one.delivery)) {
        due_ -= outstanding(*known);
        *known = std::move(one);
        return;
    }
    byId_[controlId].push_back(std::move(one));
    order_.push_back(controlId);
    if (order_.size() <= kRemembered) return;
    const auto oldest = byId_.find(order_.front());
    due_ -= outstanding(oldest->second.front());
    oldest->second.pop_front();
    if (oldest->second.empty()) byId_.erase(oldest);
    order_.pop_front();
}

Awaited* AwaitedAnswers::meant(const std::string& controlId, const std::string& answerId) {
    const auto found = byId_.find(controlId);
    if (found == byId_.end()) return nullptr;
    // One that is made of the id itself is the same for all of that id.
    const bool tells = !answerId.empty() && answerId.find(controlId) == answerId.npos;
    Awaited* oldest = nullptr;
    Awaited* newest = nullptr;
    for (Awaited& one : found->second) {
        if (one.heard && tells && one.answerId == answerId) return &one;
        if (one.heard) continue;
        if (one.certain && oldest == nullptr) oldest = &one;
        newest = &one;
    }
    if (oldest != nullptr) return oldest;
    return newest != nullptr ? newest : &found->second.back();
}

Awaited* AwaitedAnswers::find(const std::string& controlId, const std::string& delivery) {
    const auto found = byId_.find(controlId);
    if (found == byId_.end()) return nullptr;
    const auto one = std::find_if(found->second.begin(), found->second.end(),
                                  [&](const Awaited& known) { return known.delivery == delivery; });
    return one == found->second.end() ? nullptr : &*one;
}

bool AwaitedAnswers::awaitsBeside(const std::string& controlId, const std::string& delivery) const {
    const auto found = byId_.find(controlId);
    return found != byId_.end() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [&](const Awaited& one) { return !one.heard && one.delivery != delivery; });
}

void AwaitedAnswers::hear(Awaited& one, const std::string& answerId) {
    due_ -= outstanding(one);
    one.heard = true;
    one.answerId = answerId;
}

void AwaitedAnswers::follow(AwaitedAnswers former) {
    for (const std::string& controlId : order_) {
        std::deque<Awaited>& all = byId_[controlId];
        former.add(controlId, std::move(all.front()));
        all.pop_front();
    }
    *this = std::move(former);
}

void AwaitedAnswers::unhear(Awaited& one) {
    due_ -= outstanding(one);
    one.heard = false;
    due_ += outstanding(one);
}

}  // namespace transport_mllp
