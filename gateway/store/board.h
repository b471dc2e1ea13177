/// @file  What the store knows in memory, under one mutex: who may work on what, and the tally.
/// Everything here is rebuilt from the file when the store opens.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "store/lane_board.h"
#include "store/message_board.h"
#include "store/recount.h"
#include "store/tally.h"

namespace gateway {

/// The number of a destination and who waits for its work.
struct DestinationEnd {
    LaneBoard::Destination number = 0;
    std::condition_variable ready;
    bool paused = false;  ///< nobody gets its lanes
};

struct Board {
    std::mutex mutex;  ///< guards all of this
    MessageBoard messages;
    LaneBoard lanes;
    Tally tally;
    Recount recount;  ///< guarded by the writer's gate
    std::condition_variable messagesReady;
    std::map<std::string, std::unique_ptr<DestinationEnd>, std::less<>> ends;
    std::uint64_t wakes = 0;
    std::uint64_t replays = 0;       ///< of messages, since the start
    std::function<void()> happened;  ///< empty: nobody wants to know (store/happenings.h)

    /// The end of a destination, made when it is new.
    DestinationEnd& end(std::string_view destination);
};

}  // namespace gateway
