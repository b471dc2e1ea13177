/// @file  Who stands at the other end of a connection, and what it may do there. An *endpoint*
/// connects; a *partner* is whom it acts for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/message.h"

namespace gateway {

/// What a transport saw of who is there.
struct Shown {
    Facts facts;          ///< "peer", "tls.subject", "tls.fingerprint"
    std::string token;    ///< a bearer token as it came; empty: none
    std::string actsFor;  ///< the partner it says to act for: a header, MSH-4; empty: says nothing
};

/// Who it is, as far as it is proven and configured.
struct Who {
    /// What proves it, the strongest that was shown.
    enum class Proof { none, address, certificate, token };
    Proof proof = Proof::none;
    std::string endpoint;  ///< that connects; a partner that does so itself has its own name here
    std::string partner;   ///< whom it acts for now; empty: for none
    std::string network;   ///< whose portal it is; empty: none's
    std::string person;    ///< who is signed in there, as a token says; for the audit alone
    std::vector<std::string> scopes;  ///< of a token

    bool known() const { return !endpoint.empty(); }
};

/// What somebody wants.
struct Wanted {
    enum class Act {
        send,       ///< to a source
        validate,   ///< the same, and nothing is kept
        read,       ///< what waits in a mailbox
        settle,     ///< that it has it, or refuses it
        follow,     ///< what became of what it sent, without content
        subscribe,  ///< to be told when something waits
    };
    Act act = Act::send;
    std::string source;       ///< a configured one
    std::string destination;  ///< a configured mailbox, "PARTNER/NAME"
    std::string type;         ///< of what is sent or read, as the format names it; scopes name it
};

/// Error(rejected): nobody has proven who they are, or what they showed proves nothing. HTTP: 401.
class GATEWAY_API Unproven : public Error {
public:
    Unproven(std::string where, const Reason& what);
    ~Unproven() override;
};

/// Of the configuration in force. Many threads; a few microseconds a call.
class GATEWAY_API Access {
public:
    virtual ~Access();
    /// @return an unknown one when nothing was shown that could prove who it is
    /// @throws Unproven for a token that is expired, forged, replayed or for others,
    ///         Error(rejected) for a known endpoint that says to act for a partner that is not its
    virtual Who who(const Shown& shown) const = 0;
    /// Nothing: it may. What no setting allows is refused.
    virtual std::optional<Reason> refuses(const Who& who, const Wanted& wanted) const = 0;
};

/// Notes who it was among the facts of an arrival: "who.endpoint", "who.partner", "who.network",
/// "who.person".
GATEWAY_API void note(Facts& facts, const Who& who);
/// Whether those facts tell of the same endpoint, partner and network.
GATEWAY_API bool isFrom(const Facts& facts, const Who& who);

}  // namespace gateway
