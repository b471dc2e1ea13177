#include "access/accesses.h"

#include <algorithm>
#include <array>

#include "access/certificate_name.h"
#include "oauth/scope.h"

namespace gateway {
namespace {

constexpr const char* kFacility = "receiving_facility";
constexpr const char* kApplication = "receiving_application";
constexpr const char* kCertificate = "certificate";

/// Where a mistake of who says for whom it acts is told to be.
constexpr const char* kInField = "acts-for";
constexpr const char* kInToken = "token";
constexpr const char* kInFacility = "facility";
constexpr const char* kInApplication = "application";

std::string joined(std::string_view a, char sign, std::string_view b) {
    std::string key;
    key.reserve(a.size() + b.size() + 1);
    return key.append(a).append(1, sign).append(b);
}

bool has(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::string_view valueOf(const Partner& partner, const char* name) {
    const auto found = partner.values.find(name);
    return found == partner.values.end() ? std::string_view() : std::string_view(found->second);
}

/// Whether that is one of the words of a list.
bool listed(std::string_view list, std::string_view word) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

Error notFor(const char* where) {
    return {Fault::rejected,
            where,
            {"this endpoint does not act for who is named here",
             "cet accès n'agit pas pour qui est nommé ici"}};
}

Error namesSeveral(const char* where) {
    return {Fault::rejected,
            where,
            {"several of those for whom this endpoint acts are meant by that: name one by the "
             "name of its configuration, or as SCHEME|IDENTIFIER",
             "plusieurs de ceux pour qui cet accès agit sont désignés ainsi : en nommer un par son "
             "nom dans la configuration, ou par SYSTÈME|IDENTIFIANT"}};
}

const Reason kNobody{"nothing that was shown proves who is there",
                     "rien de ce qui a été présenté ne prouve qui est là"};
const Reason kForWhom{"this endpoint acts for several: it must say for which",
                      "cet accès agit pour plusieurs : il doit dire pour lequel"};
const Reason kScope{"no scope of the token allows that",
                    "aucune portée (scope) du jeton ne le permet"};

}  // namespace

std::size_t Accesses::Hash::operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
}

Accesses::Accesses(std::shared_ptr<const Directory> directory, std::vector<Endpoint> endpoints,
                   std::map<std::string, Senders> sources, std::shared_ptr<TokenReader> tokens)
    : directory_(std::move(directory)),
      endpoints_(std::move(endpoints)),
      sources_(std::move(sources)),
      tokens_(std::move(tokens)) {
    for (const Endpoint& endpoint : endpoints_) add(endpoint);
    for (const Partner& partner : directory_->all()) add(partner);
}

void Accesses::prove(Index<Known>& by, std::string what, Known whom, Clash::What kind) {
    const auto [known, fresh] = by.emplace(std::move(what), whom);
    // Of two partners the directory says it.
    if (fresh || known->second == whom || !known->second ||
        (known->second.partner != nullptr && whom.partner != nullptr))
        return;
    const auto nameOf = [](const Known& one) {
        return one.endpoint != nullptr ? one.endpoint->name : one.partner->name;
    };
    clashes_.push_back({kind, nameOf(known->second), nameOf(whom)});
}

void Accesses::proveByCertificate(std::string_view written, Known whom) {
    std::optional<CertificateName> name = CertificateName::parsed(written);
    if (!name) return;
    const auto kind = Clash::What::certificate;
    if (!name->fingerprint.empty())
        prove(byFingerprint_, std::move(name->fingerprint), whom, kind);
    else if (!name->subject.empty())
        prove(bySubject_, std::move(name->subject), whom, kind);
    else
        prove(byCommonName_, std::move(name->commonName), whom, kind);
}

void Accesses::add(const Endpoint& endpoint) {
    const Known whom{&endpoint, nullptr};
    byName_.emplace(endpoint.name, &endpoint);
    for (const std::string& written : endpoint.certificates) proveByCertificate(written, whom);
    // Who names its certificates is known by nothing else, nor is a partner of that name.
    if (endpoint.certificates.empty())
        prove(byCommonName_, endpoint.name, whom, Clash::What::certificate);
    else
        byCommonName_.emplace(endpoint.name, Known{});
    for (const auto& [issuer, client] : endpoint.tokens)
        prove(byClient_, joined(issuer, '\n', client), whom, Clash::What::token);
    for (const AddressRange& range : endpoint.allow)
        if (const auto index = static_cast<std::size_t>(&endpoint - endpoints_.data());
            !ranges_.add(range, index))
            clashes_.push_back(
                {Clash::What::address, endpoints_[*ranges_.find(range.first)].name, endpoint.name});
    auto& actsFor = actsFor_[&endpoint];
    for (const std::string& name : endpoint.partners)
        if (const Partner* const partner = directory_->find(name)) actsFor.insert(partner);
}

void Accesses::add(const Partner& partner) {
    const Known whom{nullptr, &partner};
    const auto know = [&](Index<Partners>& by, std::string text) {
        Partners& all = by[std::move(text)];
        if (all.empty() || all.back() != &partner) all.push_back(&partner);
    };
    know(partners_, partner.name);
    bool named = false;
    for (const auto& [scheme, value] : partner.identifiers) {
        if (scheme != kCertificate) {
            know(partners_, value);
            know(partners_, joined(scheme, '|', value));
            continue;
        }
        named = true;
        proveByCertificate(value, whom);
    }
    if (!named) byCommonName_.emplace(partner.name, whom);
    if (const std::string_view facility = valueOf(partner, kFacility); !facility.empty())
        know(facilities_, std::string(facility));
}

const Endpoint* Accesses::endpoint(std::string_view name) const {
    const auto found = byName_.find(name);
    return found == byName_.end() ? nullptr : found->second;
}

const Accesses::Partners& Accesses::of(const Index<Partners>& index, std::string_view text) const {
    static const Partners none;
    const auto found = text.empty() ? index.end() : index.find(text);
    return found == index.end() ? none : found->second;
}

Accesses::Known Accesses::byCertificate(const Facts& facts) const {
    const auto in = [](const Index<Known>& index, std::string_view what) {
        const auto found = what.empty() ? index.end() : index.find(what);
        return found == index.end() ? Known{} : found->second;
    };
    if (const Known known = in(byFingerprint_, facts.get("tls.fingerprint"))) return known;
    const std::string_view subject = facts.get("tls.subject");
    if (const Known known = in(bySubject_, subject)) return known;
    return in(byCommonName_, commonNameOf(subject));
}

Accesses::Known Accesses::byToken(const Token& token) const {
    const auto found = byClient_.find(joined(token.issuer, '\n', token.client));
    return found == byClient_.end() ? Known{} : found->second;
}

/// What anybody on the way may have written proves nothing but where nobody is expected to prove
/// more.
Accesses::Known Accesses::byAddress(const Facts& facts) const {
    if (facts.get("plain").empty()) return {};
    const std::optional<AddressBytes> address = addressOfPeer(facts.get("peer"));
    const auto found = address ? ranges_.find(*address) : std::nullopt;
    return found ? Known{&endpoints_[*found], nullptr} : Known{};
}

Accesses::Known Accesses::prove(const Shown& shown, std::shared_ptr<const Token>& token,
                                Who& who) const {
    Known whom = byCertificate(shown.facts);
    if (whom) who.proof = Who::Proof::certificate;
    if (shown.token.empty()) {
        if (whom) return whom;
        whom = byAddress(shown.facts);
        if (whom) who.proof = Who::Proof::address;
        return whom;
    }
    if (!tokens_ || shown.facts.get("token.issuers").empty())
        throw Unproven(kInToken, {"no tokens are believed here", "aucun jeton n'est accepté ici"});
    token = tokens_->read(shown.token, shown.facts);
    if (!listed(shown.facts.get("token.issuers"), token->issuer))
        throw Unproven(kInToken, {"tokens of its issuer are not believed here",
                                  "les jetons de son émetteur ne sont pas acceptés ici"});
    const Known meant = byToken(*token);
    if (!meant)
        throw Error(Fault::rejected, kInToken,
                    {"no endpoint has the client to whom it was issued",
                     "aucun accès n'a le client à qui il a été remis"});
    if (!shown.facts.get("tls.fingerprint").empty() && !(whom == meant))
        throw Error(Fault::rejected, kInToken,
                    {"the certificate and the token are not those of one endpoint",
                     "le certificat et le jeton ne sont pas ceux d'un même accès"});
    who.proof = Who::Proof::token;
    who.scopes = token->scopes;
    if (token->subject != token->client) who.person = token->subject;
    return meant;
}

bool Accesses::acts(const Known& whom, const Partner* partner) const {
    if (whom.endpoint == nullptr) return partner == whom.partner;
    const auto found = actsFor_.find(whom.endpoint);
    return found != actsFor_.end() && found->second.contains(partner);
}

/// @return empty when it names nobody for whom `whom` acts
Accesses::Named Accesses::named(const Known& whom, std::string_view text) const {
    Named found;
    for (const Partner* const partner : of(partners_, text)) {
        if (!acts(whom, partner)) continue;
        found.several = found.partner != nullptr;
        found.partner = partner;
        if (found.several) break;
    }
    if (whom.endpoint != nullptr && has(whom.endpoint->networks, text)) found.network = text;
    return found;
}

Accesses::Named Accesses::wanted(const Known& whom, std::string_view text) const {
    const Named found = named(whom, text);
    if (found.several) throw namesSeveral(kInField);
    if (!found) throw notFor(kInField);
    return found;
}

/// @param beside  what is said elsewhere: it may choose, and must not say otherwise
Accesses::Named Accesses::saidByClaim(const Known& whom, const Token& token,
                                      std::string_view beside) const {
    const auto claim = token.claims.find(whom.endpoint->namedBy.name);
    if (claim == token.claims.end() || claim->second.empty()) return {};
    std::vector<Named> all;
    for (const std::string& text : claim->second) {
        const Named one = named(whom, text);
        if (one.several) throw namesSeveral(kInToken);
        if (one) all.push_back(one);
    }
    if (all.empty()) throw notFor(kInToken);
    if (!beside.empty()) {
        const Named chosen = wanted(whom, beside);
        if (std::find(all.begin(), all.end(), chosen) == all.end()) throw notFor(kInField);
        return chosen;
    }
    return all.size() == 1 ? all.front() : Named{};
}

/// The facility says it; the application where the facility leaves it open. What nobody is called
/// by says nothing.
/// @param lines  facility, its universal id, application, its universal id
Accesses::Named Accesses::saidByMessage(const Known& whom, std::string_view lines) const {
    std::array<std::string_view, 4> texts;
    for (std::string_view& text : texts) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        text = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    const auto called = [&](const Partner* partner) {
        const std::string_view application = valueOf(*partner, kApplication);
        return !application.empty() && application == texts[2];
    };
    const auto addTo = [](Partners& to, const Partners& more) {
        for (const Partner* const one : more)
            if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
    };
    Partners facility;
    for (const std::size_t i : {0U, 1U})
        for (const Index<Partners>* const by : {&partners_, &facilities_})
            addTo(facility, of(*by, texts[i]));
    if (facility.size() > 1 && std::any_of(facility.begin(), facility.end(), called))
        std::erase_if(facility, [&](const Partner* partner) { return !called(partner); });
    const bool byFacility = !facility.empty();
    Partners all = std::move(facility);
    for (const std::size_t i : {2U, 3U})
        if (!byFacility) addTo(all, of(partners_, texts[i]));
    if (all.empty()) return {};
    const char* const where = byFacility ? kInFacility : kInApplication;
    std::erase_if(all, [&](const Partner* partner) { return !acts(whom, partner); });
    if (all.empty()) throw notFor(where);
    if (all.size() > 1) throw namesSeveral(where);
    return {all.front(), {}, false};
}

Accesses::Named Accesses::said(const Known& whom, const Shown& shown, const Token* token) const {
    const NamedBy by = whom.endpoint != nullptr ? whom.endpoint->namedBy : NamedBy{};
    const bool message = shown.actsFor.find('\n') != std::string::npos;
    std::string_view field = message ? std::string_view() : std::string_view(shown.actsFor);
    std::string other;
    switch (by.what) {
        case NamedBy::What::claim:
            return token != nullptr ? saidByClaim(whom, *token, field) : Named{};
        case NamedBy::What::header:
            other = shown.header ? shown.header(by.name) : std::string();
            field = other;
            return field.empty() ? Named{} : wanted(whom, field);
        case NamedBy::What::message: return message ? saidByMessage(whom, shown.actsFor) : Named{};
        case NamedBy::What::any: break;
    }
    if (message) return saidByMessage(whom, shown.actsFor);
    return field.empty() ? Named{} : wanted(whom, field);
}

Who Accesses::who(const Shown& shown) const {
    Who who;
    std::shared_ptr<const Token> token;
    const Known whom = prove(shown, token, who);
    if (!whom) return {};
    if (whom.endpoint == nullptr) {
        who.endpoint = who.partner = whom.partner->name;
        said(whom, shown, token.get());
        return who;
    }
    const Endpoint& endpoint = *whom.endpoint;
    if (endpoint.aside)
        throw Error(Fault::unavailable, "endpoint " + endpoint.name,
                    {"its configuration is set aside because it is broken",
                     "sa configuration est mise de côté car elle comporte une erreur"});
    who.endpoint = endpoint.name;
    const Named named = said(whom, shown, token.get());
    if (named.partner != nullptr) who.partner = named.partner->name;
    who.network = named.network;
    if (named) return who;
    if (endpoint.partners.size() == 1) who.partner = endpoint.partners.front();
    if (endpoint.networks.size() == 1) who.network = endpoint.networks.front();
    return who;
}

bool Accesses::saysNotForWhom(const Who& who) const {
    const Endpoint* const known = endpoint(who.endpoint);
    return known != nullptr && who.partner.empty() && who.network.empty() &&
           known->partners.size() + known->networks.size() > 0;
}

std::optional<Reason> Accesses::refusesSender(const Who& who, const Wanted& wanted) const {
    const auto source = sources_.find(wanted.source);
    if (source == sources_.end())
        return Reason{"nobody sends to this source", "personne n'envoie à cette source"};
    const Senders& from = source->second;
    if (!from.network.empty() && !who.network.empty() && from.network != who.network)
        return Reason{"this is another network's", "ceci est à un autre réseau"};
    if (from.anyone) return std::nullopt;
    if (!who.known()) return kNobody;
    if (saysNotForWhom(who)) return kForWhom;
    for (const std::string* const name : {&who.endpoint, &who.partner, &who.network})
        if (!name->empty() && from.names.contains(*name)) return std::nullopt;
    const Partner* const partner = who.partner.empty() ? nullptr : directory_->find(who.partner);
    if (partner != nullptr && from.categories.contains(partner->category)) return std::nullopt;
    return Reason{"whoever this is may not send here: `from:` of the source does not name it",
                  "qui se présente ne peut pas envoyer ici : « from: » de la source ne le nomme "
                  "pas"};
}

std::optional<Reason> Accesses::refusesReader(const Who& who, const Wanted& wanted) const {
    if (!who.known()) return kNobody;
    if (saysNotForWhom(who)) return kForWhom;
    if (who.partner.empty())
        return Reason{"this endpoint acts for no partner, so nothing waits for it here",
                      "cet accès n'agit pour aucun partenaire : rien ne l'attend ici"};
    const std::string_view destination = wanted.destination;
    if (!destination.empty() && !(destination.starts_with(who.partner) &&
                                  destination.substr(who.partner.size()).starts_with('/')))
        return Reason{"this is another partner's", "ceci est à un autre partenaire"};
    if (wanted.act == Wanted::Act::subscribe && !wanted.address.empty() &&
        !mayBeToldAt(who, wanted.address))
        return Reason{
            "nobody may be told at that address: `notify:` of the endpoint does not "
            "name it",
            "rien ne peut être annoncé à cette adresse : « notify: » de l'accès ne la "
            "nomme pas"};
    return std::nullopt;
}

bool Accesses::mayBeToldAt(const Who& who, std::string_view address) const {
    const Endpoint* const known = endpoint(who.endpoint);
    // What a reader could take for another address than it begins with.
    if (known == nullptr || address.find("..") != address.npos ||
        address.find_first_of("\\%@ \t\r\n") != address.npos)
        return false;
    return std::any_of(known->notify.begin(), known->notify.end(), [&](const std::string& begin) {
        if (!address.starts_with(begin)) return false;
        const std::string_view rest = address.substr(begin.size());
        return begin.ends_with('/') || rest.empty() || rest.front() == '/' || rest.front() == '?';
    });
}

std::optional<Reason> Accesses::refuses(const Who& who, const Wanted& wanted) const {
    using Act = Wanted::Act;
    const auto scoped = [&](std::initializer_list<oauth::Right> any) -> std::optional<Reason> {
        const bool allowed = who.proof != Who::Proof::token ||
                             std::any_of(any.begin(), any.end(), [&](oauth::Right right) {
                                 return oauth::grants(who.scopes, right, wanted.type);
                             });
        return allowed ? std::nullopt : std::optional(kScope);
    };
    std::optional<Reason> refused;
    switch (wanted.act) {
        case Act::send:
        case Act::validate:
            refused = refusesSender(who, wanted);
            return refused ? refused : scoped({oauth::Right::create, oauth::Right::update});
        case Act::read:
            refused = refusesReader(who, wanted);
            return refused ? refused : scoped({oauth::Right::read});
        case Act::settle:
            refused = refusesReader(who, wanted);
            return refused ? refused : scoped({oauth::Right::update});
        case Act::subscribe:
            refused = refusesReader(who, wanted);
            return refused ? refused : scoped({oauth::Right::create, oauth::Right::update});
        case Act::follow: return who.known() ? std::nullopt : std::optional(kNobody);
    }
    return kNobody;
}

}  // namespace gateway
