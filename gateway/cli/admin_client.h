/// @file  Asks a running gateway through its admin socket, or over the network.
#pragma once

#include <chrono>
#include <string>

#include "core/json_text.h"

namespace gateway {

/// Where a gateway is asked: on this machine, or over the network with a person's certificate.
struct AdminPlace {
    std::string socket;
    std::string url = {};  ///< https://HOST:PORT; not empty: instead of the socket
    std::string ca = {}, cert = {}, key = {};
};

class AdminClient {
public:
    explicit AdminClient(AdminPlace place, std::chrono::seconds patience = std::chrono::seconds(60))
        : place_(std::move(place)), patience_(patience) {}
    explicit AdminClient(std::string socket,
                         std::chrono::seconds patience = std::chrono::seconds(60))
        : AdminClient(AdminPlace{std::move(socket)}, patience) {}

    /// The answer to a GET as it came. @throws Error: unavailable when no gateway answers there;
    /// otherwise what the gateway said
    std::string get(const std::string& target) const;
    std::string post(const std::string& target, const std::string& json) const;

private:
    std::string ask(const std::string& method, const std::string& target,
                    const std::string& json) const;

    const AdminPlace place_;
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
