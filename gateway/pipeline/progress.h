/// @file  Who waits for a message to get somewhere (`answer: translated | delivered`), and who
/// tells them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/store.h"
#include "gateway/transport.h"

namespace gateway {

/// The store alone knows how far a message is; the board only says when it is worth asking again.
class ProgressBoard {
public:
    explicit ProgressBoard(Store& store) : store_(store) {}

    Progress wait(const std::string& messageId, Stage stage, Time deadline);
    /// Something happened to that message. Cheap when nobody waits.
    void signal(const std::string& messageId);

private:
    Progress look(const std::string& messageId, Stage stage);

    Store& store_;
    std::mutex mutex_;  // guards watched_
    std::condition_variable changed_;
    struct Watched {
        int waiters = 0;
        std::uint64_t version = 0;
    };
    std::unordered_map<std::string, Watched> watched_;
};

}  // namespace gateway
