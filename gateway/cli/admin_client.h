/// @file  Asks a running gateway through its admin socket.
#pragma once

#include <chrono>
#include <string>

#include "core/json_text.h"

namespace gateway {

class AdminClient {
public:
    explicit AdminClient(std::string socket,
                         std::chrono::seconds patience = std::chrono::seconds(60))
        : socket_(std::move(socket)), patience_(patience) {}

    /// The answer to a GET as it came. @throws Error: unavailable when no gateway answers there;
    /// otherwise what the gateway said
    std::string get(const std::string& target) const;
    std::string post(const std::string& target, const std::string& json) const;

private:
    std::string ask(const std::string& method, const std::string& target,
                    const std::string& json) const;

    const std::string socket_;
    const std::chrono::seconds patience_;
};

/// What an answer says, to be printed for people: no text in it has line ends or control
/// characters, for some are words of partners and senders.
JsonValue shownJson(std::string_view answer);

/// For a query: everything but letters, digits and "-._~" escaped.
std::string escaped(std::string_view text);

/// Who asks, for the timeline: the name of the user at this machine.
std::string userName();
/// Of the user with that number.
std::string userName(unsigned uid);

}  // namespace gateway
