#include "pipeline/traffic.h"

namespace gateway {

void Traffic::came(const std::vector<Came>& all, Time now) {
    const std::lock_guard lock(mutex_);
    for (const Came& one : all) {
        In& in = in_[one.source];
        in.heard = now;
        switch (one.entry) {
            case Entry::accepted: ++in.accepted; break;
            case Entry::refused: ++in.refused; break;
            case Entry::later: ++in.later; break;
            case Entry::repeat: ++in.repeats; break;
            case Entry::conflict: ++in.conflicts; break;
        }
    }
}

void Traffic::reused(const std::string& source) {
    const std::lock_guard lock(mutex_);
    ++in_[source].reused;
}

void Traffic::tried(const std::string& destination, DeliveryState became, Time now) {
    const std::lock_guard lock(mutex_);
    Out& out = out_[destination];
    out.tried = now;
    switch (became) {
        case DeliveryState::delivered:
            ++out.delivered;
            out.answered = out.delivery = now;
            break;
        case DeliveryState::setAside:
            ++out.refused;
            out.answered = now;
            break;
        case DeliveryState::uncertain: ++out.uncertain; break;
        default: ++out.unavailable; break;
    }
}

Traffic::Ins Traffic::in() const {
    const std::lock_guard lock(mutex_);
    return in_;
}

Traffic::Outs Traffic::out() const {
    const std::lock_guard lock(mutex_);
    return out_;
}

}  // namespace gateway
