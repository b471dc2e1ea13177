/// @file  Who stands at the other end of a connection, and what it may do there. An *endpoint*
/// connects; a *partner* is whom it acts for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/message.h"

namespace gateway {

/// What a transport saw of who is there.
struct Shown {
    /// "peer", "tls.subject", "tls.fingerprint"; "plain" where nothing is encrypted, so that an
    /// address may prove who it is; "token.issuers": whose tokens are believed there, by blanks.
    Facts facts;
    std::string token;  ///< a bearer token as it came; empty: none
    /// For whom it says to act: by name or identifier, as a header field has it; or, with line
    /// feeds between, as the sender of a message: facility, its universal id, application, its
    /// universal id. Empty: says nothing.
    std::string actsFor;
    /// What a header field of that name says; empty where there is none.
    std::function<std::string(std::string_view name)> header = {};
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
    std::string source;        ///< a configured one
    std::string destination;   ///< a configured mailbox, "PARTNER/NAME"
    std::string type;          ///< of what is sent or read, as the format names it; scopes name it
    std::string address = {};  ///< at which it wants to be told
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
    ///         Error(rejected) for a known endpoint that says to act for a partner that is not its:
    ///         at "token", "acts-for", or "facility" or "application" of a message;
    ///         Error(unavailable) while that cannot be said: its configuration is broken
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
