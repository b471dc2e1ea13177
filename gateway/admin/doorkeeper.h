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

namespace gateway {

/// Many threads.
class Doorkeeper {
public:
    /// @param audit  null: nothing is recorded
    Doorkeeper(std::shared_ptr<const People> people, Log& log, Audit* audit)
        : people_(std::move(people)), log_(log), audit_(audit) {}

    void use(std::shared_ptr<const People> people);
    /// Before the body is read: an answer refuses it.
    std::optional<http::Response> gate(http::Request& request);
    /// The request as it may go on, in that person's name; or the answer that refuses it.
    /// @throws Error(malformed)
    std::variant<http::Request, http::Response> admit(const http::Request& request);
    /// Of somebody whom TLS has turned away.
    void turnedAway(const http::TlsRefusal& refusal);

private:
    std::shared_ptr<const People> people() const;
    void signIn(const Person& person, const http::Request& request);
    http::Response refuse(const std::string& by, const http::Request& request, const Reason& why);

    mutable std::mutex mutex_;  ///< guards people_, seen_
    std::shared_ptr<const People> people_;
    std::map<std::string, std::string> seen_;  ///< connection → who signed in on it
    Log& log_;
    Audit* const audit_;
};

/// The request of the socket's owner, who may do everything; for content too there must be a
/// reason. @throws Error(malformed)
http::Request ownersRequest(const http::Request& request);

}  // namespace gateway
