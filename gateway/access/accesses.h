/// @file  Who connects, for whom, and what it may do: the one place that decides.
///
///   act              may do it                                          with a token also
///   send, validate   whom `from:` of the source names                   create or update
///   read             a partner, its own mailboxes                       read
///   settle           a partner, its own mailboxes                       update
///   subscribe        a partner, its own mailboxes, to an address of     create or update
///                    its endpoint's `notify:`
///   follow           who is known; what it sent itself (isFrom)         –
///
/// Nobody sends to a source of another network than its own. Who acts for several says for which.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "access/address_range.h"
#include "access/token_reader.h"
#include "gateway/access.h"
#include "gateway/directory.h"

namespace gateway {

/// By what an endpoint says for whom it acts.
struct NamedBy {
    enum class What {
        any,      ///< what its transport takes for that: a header field, the message's sender
        header,   ///< the field `name` alone
        claim,    ///< the claim `name` of its token
        message,  ///< the message's sender alone
    };
    What what = What::any;
    std::string name;
};

/// Who connects: endpoints/NAME.yaml.
struct Endpoint {
    std::string name = {};
    bool aside = false;  ///< its configuration is broken
    /// See CertificateName; empty: one whose CN is its name.
    std::vector<std::string> certificates = {};
    std::vector<std::pair<std::string, std::string>> tokens = {};  ///< issuer, client
    std::vector<AddressRange> allow = {};
    std::vector<std::string> partners = {};  ///< it acts for them
    std::vector<std::string> networks = {};  ///< it is their portal
    NamedBy namedBy = {};
    std::vector<std::string> notify = {};  ///< how addresses begin that it may have itself told at
};

/// Who may send to a source: what stands under `from:`.
struct Senders {
    bool anyone = false;
    std::unordered_set<std::string> names = {};       ///< endpoints, partners, networks
    std::unordered_set<std::string> categories = {};  ///< of partners
    std::string network = {};                         ///< whose source it is; empty: none's
};

class Accesses final : public Access {
public:
    /// Two endpoints that the same thing would prove; the first has it.
    struct Clash {
        enum class What { certificate, token, address };
        What what;
        std::string first, second;
    };

    /// @param tokens  null: none are believed
    Accesses(std::shared_ptr<const Directory> directory, std::vector<Endpoint> endpoints,
             std::map<std::string, Senders> sources, std::shared_ptr<TokenReader> tokens);

    /// A partner is its own endpoint by an identifier "certificate", or, without such, by a
    /// certificate whose CN is its name.
    Who who(const Shown& shown) const override;
    std::optional<Reason> refuses(const Who& who, const Wanted& wanted) const override;

    const std::vector<Clash>& clashes() const { return clashes_; }
    /// Null: there is none.
    const Endpoint* endpoint(std::string_view name) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const;
    };
    template <class T>
    using Index = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
    using Partners = std::vector<const Partner*>;

    /// Who is there: one of the two, or nobody.
    struct Known {
        const Endpoint* endpoint = nullptr;
        const Partner* partner = nullptr;  ///< its own endpoint
        bool operator==(const Known&) const = default;
        explicit operator bool() const { return endpoint != nullptr || partner != nullptr; }
    };

    /// What a text names of those for whom somebody acts.
    struct Named {
        const Partner* partner = nullptr;
        std::string_view network;
        bool several = false;  ///< several partners have that identifier
        bool operator==(const Named&) const = default;
        explicit operator bool() const { return partner != nullptr || !network.empty(); }
    };

    void add(const Endpoint& endpoint);
    void add(const Partner& partner);
    void prove(Index<Known>& by, std::string what, Known whom, Clash::What kind);
    void proveByCertificate(std::string_view written, Known whom);
    const Partners& of(const Index<Partners>& index, std::string_view text) const;

    Known byCertificate(const Facts& facts) const;
    Known byToken(const Token& token) const;
    Known byAddress(const Facts& facts) const;
    Known prove(const Shown& shown, std::shared_ptr<const Token>& token, Who& who) const;

    bool acts(const Known& whom, const Partner* partner) const;
    Named named(const Known& whom, std::string_view text) const;
    Named wanted(const Known& whom, std::string_view text) const;
    Named saidByClaim(const Known& whom, const Token& token, std::string_view beside) const;
    Named saidByMessage(const Known& whom, std::string_view lines) const;
    Named said(const Known& whom, const Shown& shown, const Token* token) const;

    bool saysNotForWhom(const Who& who) const;
    std::optional<Reason> refusesSender(const Who& who, const Wanted& wanted) const;
    std::optional<Reason> refusesReader(const Who& who, const Wanted& wanted) const;
    bool mayBeToldAt(const Who& who, std::string_view address) const;

    const std::shared_ptr<const Directory> directory_;
    const std::vector<Endpoint> endpoints_;
    const std::map<std::string, Senders> sources_;
    const std::shared_ptr<TokenReader> tokens_;
    std::vector<Clash> clashes_;
    Index<const Endpoint*> byName_;
    Index<Known> byFingerprint_, bySubject_, byCommonName_, byClient_;
    AddressRanges ranges_;        ///< → index in endpoints_
    Index<Partners> partners_;    ///< by name, identifier, "SCHEME|IDENTIFIER"
    Index<Partners> facilities_;  ///< by the value `receiving_facility`, as they are sent to
    std::unordered_map<const Endpoint*, std::unordered_set<const Partner*>> actsFor_;
};

}  // namespace gateway
