/// @file  Who asks over the network, whether their role allows it, and what is written of it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "admin/rules.h"
#include "audit/audit.h"
#include "gateway/log.h"
#include "http/server.h"
#include "watch/watch.h"

namespace gateway {

/// Many threads. What opens content is written to the audit before it is shown, and is an alert.
class Doorkeeper {
public:
    /// @param audit  null: nothing is recorded, and no content is shown
    Doorkeeper(std::shared_ptr<const People> people, Watch& watch, Log& log, Audit* audit)
        : people_(std::move(people)), watch_(watch), log_(log), audit_(audit) {}

    void use(std::shared_ptr<const People> people);
    /// Before the body is read: an answer refuses it.
    std::optional<http::Response> gate(http::Request& request);
    /// The request as it may go on, in that person's name; or the answer that refuses it.
    /// @throws Error(unavailable) when it cannot be recorded, Error(malformed)
    std::variant<http::Request, http::Response> admit(const http::Request& request);
    /// Of somebody whom TLS has turned away.
    void turnedAway(const http::TlsRefusal& refusal);

private:
    std::shared_ptr<const People> people() const;
    void signIn(const Person& person, const http::Request& request);
    http::Response refuse(const std::string& by, const http::Request& request, const Reason& why);
    void breakGlass(const Person& person, const http::Request& request, const std::string& why);

    mutable std::mutex mutex_;  ///< guards people_, seen_
    std::shared_ptr<const People> people_;
    std::map<std::string, std::string> seen_;  ///< connection → who signed in on it
    Watch& watch_;
    Log& log_;
    Audit* const audit_;
};

}  // namespace gateway
