/// @file  Somebody who is told of alerts.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gateway/config.h"
#include "gateway/error.h"
#include "gateway/time.h"
#include "gateway/transport.h"

namespace gateway {

/// What is told, in words of one language. No value of a message stands in it.
struct Notice {
    enum class State { open, worse, reminder, over, test };
    State state = State::open;
    std::string kind;  ///< "queue-age"
    std::string end;   ///< "chu/plans"; may be empty
    int level = 1;
    Time since{};
    Time at{};
    std::string text;     ///< a sentence
    std::string gateway;  ///< name of this machine
    Spoken language = Spoken::english;
};
std::string_view toText(Notice::State state);

class Messenger {
public:
    virtual ~Messenger() = default;
    /// @return what the receiver answered, in a few words
    /// @throws Error naming where and why it was not told
    virtual std::string tell(const Notice& notice,
                             std::chrono::steady_clock::time_point deadline) = 0;
    /// By which the receiver is believed, and we are.
    virtual std::vector<Certificate> certificates() const { return {}; }
};

std::shared_ptr<Messenger> webhookMessenger(Config config);
std::shared_ptr<Messenger> mailMessenger(Config config);

}  // namespace gateway
