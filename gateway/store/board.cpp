#include "store/board.h"

namespace gateway {

DestinationEnd& Board::end(std::string_view destination) {
    const auto found = ends.find(destination);
    if (found != ends.end()) return *found->second;
    auto fresh = std::make_unique<DestinationEnd>();
    fresh->number = static_cast<LaneBoard::Destination>(ends.size());
    return *ends.emplace(std::string(destination), std::move(fresh)).first->second;
}

}  // namespace gateway
