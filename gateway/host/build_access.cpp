/// Who connects, and who may do what.
///
/// endpoints/NAME.yaml
///   label, contact  for people
///   certificates    SHA-256 fingerprints or subjects; none: a common name that is the endpoint's
///   tokens          [{issuer: ISSUER, client: CLIENT}]
///   allow           addresses and ranges, where a listener is plain
///   acts_for        partners, category:NAME
///   networks        it is the portal of these
///   named_by        {claim: NAME} | {header: NAME} | {message: sender}: how it says for whom
///   notify          how addresses begin at which it may have itself told that something waits
#include <algorithm>
#include <set>
#include <unordered_map>

#include "access/accesses.h"
#include "access/certificate_name.h"
#include "host/build.h"

namespace gateway {
namespace {

constexpr std::string_view kCategory = "category:";
constexpr std::string_view kAnyone = "anyone";

/// What names are there.
struct Names {
    std::vector<std::string> endpoints, partners, networks, issuers;
    std::unordered_map<std::string, std::vector<std::string>> ofCategory;
    std::unordered_map<std::string, std::vector<std::string>> ofEndpoint;  ///< as partners say
};

bool has(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

Names namesOf(const ConfigFiles& files, const std::vector<PartnerDraft>& partners,
              const Build& build) {
    Names names;
    for (const ConfigFile& file : files.endpoints) names.endpoints.push_back(file.name);
    for (const PartnerDraft& draft : partners) {
        const Partner& partner = draft.head.partner;
        names.partners.push_back(partner.name);
        if (!partner.category.empty()) names.ofCategory[partner.category].push_back(partner.name);
        if (!draft.head.endpoint.empty())
            names.ofEndpoint[draft.head.endpoint].push_back(partner.name);
    }
    std::set<std::string> networks;
    for (const auto& [name, source] : build.setup.sources)
        if (!source.network.empty()) networks.insert(source.network);
    names.networks.assign(networks.begin(), networks.end());
    names.issuers = build.issuers;
    return names;
}

/// One file, read.
class EndpointFile {
public:
    EndpointFile(const ConfigFile& file, const std::string& folder, const Names& names,
                 const Directory& directory, Findings& findings)
        : config_(file.root, folder, findings), names_(names), directory_(directory) {
        endpoint_.name = file.name;
    }

    Endpoint read() {
        config_.text("label", "");
        config_.text("contact", "");
        readProofs();
        readPartners();
        readNetworks();
        readNamedBy();
        readNotify();
        checkName();
        config_.finish();
        return std::move(endpoint_);
    }

private:
    /// Calls `take` with each text of a list; what it returns is wrong with it.
    template <class Take>
    void each(const char* key, Take take) {
        const std::vector<std::string> texts = config_.texts(key);
        const std::vector<Place> places = placesOf(config_, key);
        for (std::size_t i = 0; i < texts.size() && i < places.size(); ++i)
            if (const Reason wrong = take(texts[i]); !wrong.empty())
                config_.findings().error(places[i], wrong);
    }

    void readProofs() {
        each("certificates", [&](const std::string& text) -> Reason {
            endpoint_.certificates.push_back(text);
            if (CertificateName::parsed(text)) return {};
            return {
                "expected a SHA-256 fingerprint (64 hexadecimal digits) or a subject such as "
                "CN=gateway.example",
                "attendu une empreinte SHA-256 (64 chiffres hexadécimaux) ou un sujet comme "
                "CN=passerelle.example"};
        });
        for (Config& token : config_.list("tokens")) {
            const std::string issuer = token.text("issuer");
            endpoint_.tokens.emplace_back(issuer, token.text("client"));
            if (!issuer.empty() && !has(names_.issuers, issuer))
                token.fail("issuer", say("there is no issuer '{0}' under 'issuers:'{1}",
                                         "il n'y a pas d'émetteur « {0} » sous « issuers: »{1}",
                                         {issuer, didYouMean(issuer, names_.issuers)}));
            token.finish();
        }
        each("allow", [&](const std::string& text) { return allow(text); });
    }

    Reason allow(const std::string& text) {
        const std::optional<AddressRange> range = AddressRange::parsed(text);
        if (!range)
            return {"expected an address or a range such as 10.2.0.0/16 or fd00:12::/32",
                    "attendu une adresse ou une plage comme 10.2.0.0/16 ou fd00:12::/32"};
        if (range->everything())
            return {"lets every address in: it would prove nothing",
                    "laisse entrer toute adresse : cela ne prouverait rien"};
        if (!range->exact())
            return say("has digits after its prefix; did you mean {0}?",
                       "a des chiffres après son préfixe ; vouliez-vous dire {0} ?",
                       {range->text()});
        endpoint_.allow.push_back(*range);
        return {};
    }

    void readPartners() {
        std::set<std::string> partners;
        each("acts_for", [&](const std::string& text) -> Reason {
            if (!text.starts_with(kCategory)) {
                partners.insert(text);
                if (directory_.find(text) != nullptr) return {};
                return say("there is no partner '{0}'{1}", "il n'y a pas de partenaire « {0} »{1}",
                           {text, didYouMean(text, names_.partners)});
            }
            const std::string category = text.substr(kCategory.size());
            const auto found = names_.ofCategory.find(category);
            if (found == names_.ofCategory.end())
                return say("no partner is of the category '{0}'",
                           "aucun partenaire n'est de la catégorie « {0} »", {category});
            partners.insert(found->second.begin(), found->second.end());
            return {};
        });
        if (const auto said = names_.ofEndpoint.find(endpoint_.name);
            said != names_.ofEndpoint.end())
            partners.insert(said->second.begin(), said->second.end());
        endpoint_.partners.assign(partners.begin(), partners.end());
    }

    void readNetworks() {
        each("networks", [&](const std::string& text) -> Reason {
            endpoint_.networks.push_back(text);
            if (has(names_.networks, text)) return {};
            return say("no source is of the network '{0}'{1}",
                       "aucune source n'est du réseau « {0} »{1}",
                       {text, didYouMean(text, names_.networks)});
        });
    }

    void readNamedBy() {
        if (!config_.has("named_by")) return;
        Config by = config_.section("named_by");
        unsigned said = 0;
        for (const auto& [key, what] : {std::pair("claim", NamedBy::What::claim),
                                        {"header", NamedBy::What::header},
                                        {"message", NamedBy::What::message}})
            if (by.has(key)) {
                ++said;
                endpoint_.namedBy = {what, by.text(key)};
            }
        if (said != 1)
            config_.fail("named_by",
                         {"expected one of {claim: NAME}, {header: NAME}, {message: sender}",
                          "attendu l'un de {claim: NOM}, {header: NOM}, {message: sender}"});
        if (endpoint_.namedBy.what == NamedBy::What::message) by.choice("message", {"sender"});
        if (endpoint_.namedBy.what == NamedBy::What::claim && endpoint_.tokens.empty())
            by.fail("claim", {"a claim is a token's, and this endpoint has no 'tokens'",
                              "une revendication (claim) vient d'un jeton, et cet accès n'a pas de "
                              "« tokens »"});
        by.finish();
    }

    void readNotify() {
        each("notify", [&](const std::string& text) -> Reason {
            endpoint_.notify.push_back(text);
            for (const std::string_view scheme : {"https://", "http://"})
                if (text.starts_with(scheme) && text.size() > scheme.size()) return {};
            return {"expected how an address begins, such as https://gateway.example/told/",
                    "attendu le début d'une adresse, comme https://passerelle.example/annonces/"};
        });
    }

    /// `from:` means endpoints, partners and networks by name: one name, one of them.
    void checkName() {
        const std::string& name = endpoint_.name;
        if (directory_.find(name) != nullptr && !has(endpoint_.partners, name))
            config_.fail("", say("a partner is called '{0}' too: this endpoint must act for it, or "
                                 "have another name",
                                 "un partenaire s'appelle aussi « {0} » : cet accès doit agir pour "
                                 "lui, ou avoir un autre nom",
                                 {name}));
        if (has(names_.networks, name) && !has(endpoint_.networks, name))
            config_.fail("", say("a network is called '{0}' too: this endpoint must be its portal, "
                                 "or have another name",
                                 "un réseau s'appelle aussi « {0} » : cet accès doit être son "
                                 "portail, ou avoir un autre nom",
                                 {name}));
    }

    Config config_;
    const Names& names_;
    const Directory& directory_;
    Endpoint endpoint_;
};

std::vector<Endpoint> readEndpoints(const ConfigFiles& files, const Names& names, Build& build) {
    std::vector<Endpoint> endpoints;
    for (const ConfigFile& file : files.endpoints) {
        Findings findings;
        findings.append(file.findings);
        Endpoint endpoint;
        if (!findings.failed())
            endpoint =
                EndpointFile(file, files.folder, names, *build.setup.directory, findings).read();
        endpoint.name = file.name;
        endpoint.aside = findings.failed();
        build.theirs.append(findings);
        endpoints.push_back(std::move(endpoint));
    }
    return endpoints;
}

void checkPartners(const std::vector<PartnerDraft>& partners, const Names& names, Build& build) {
    const std::set<std::string_view> endpoints(names.endpoints.begin(), names.endpoints.end());
    for (const PartnerDraft& draft : partners) {
        const PartnerHead& head = draft.head;
        if (!head.endpoint.empty() && !endpoints.contains(head.endpoint))
            build.theirs.error(
                head.endpointWhere,
                say("there is no endpoint '{0}'{1}", "il n'y a pas d'accès « {0} »{1}",
                    {head.endpoint, didYouMean(head.endpoint, names.endpoints)}));
        for (const auto& [scheme, value] : head.partner.identifiers)
            if (scheme == "certificate" && !CertificateName::parsed(value))
                build.theirs.warning(
                    draft.where,
                    {"identifiers: 'certificate' is neither a SHA-256 fingerprint nor a subject: "
                     "it proves nothing",
                     "identifiers : « certificate » n'est ni une empreinte SHA-256 ni un sujet : "
                     "cela ne prouve rien"});
    }
}

/// A name under `from:` as it is meant; what is wrong goes to the findings.
void readSender(const std::string& name, const Place& where, const Names& names,
                const Directory& directory, Senders& senders, Findings& findings) {
    if (name == kAnyone) {
        senders.anyone = true;
        return;
    }
    if (name.starts_with(kCategory)) {
        const std::string category = name.substr(kCategory.size());
        senders.categories.insert(category);
        if (!names.ofCategory.contains(category))
            findings.warning(where,
                             say("no partner is of the category '{0}'",
                                 "aucun partenaire n'est de la catégorie « {0} »", {category}));
        return;
    }
    senders.names.insert(name);
    if (has(names.endpoints, name) || directory.find(name) != nullptr || has(names.networks, name))
        return;
    std::vector<std::string> all = names.endpoints;
    all.insert(all.end(), names.networks.begin(), names.networks.end());
    all.insert(all.end(), names.partners.begin(), names.partners.end());
    findings.error(where, say("'from': there is no endpoint, partner or network '{0}'{1}",
                              "« from » : il n'y a ni accès, ni partenaire, ni réseau « {0} »{1}",
                              {name, didYouMean(name, all)}));
}

std::map<std::string, Senders> readSenders(const Names& names, Build& build) {
    std::map<std::string, Senders> sources;
    for (const auto& [source, from] : build.from) {
        Senders& senders = sources[source];
        senders.network = from.network;
        senders.anyone = from.names.empty();  // its listener lets nobody from afar in without
        for (std::size_t i = 0; i < from.names.size() && i < from.places.size(); ++i)
            readSender(from.names[i], from.places[i], names, *build.setup.directory, senders,
                       build.own);
    }
    return sources;
}

/// `tokens` of a listener names issuers, whatever its protocol.
void checkTokens(const ConfigFiles& files, Build& build) {
    const auto check = [&](const ConfigNode& one) {
        if (one.kind == ConfigNode::Kind::scalar && !has(build.issuers, one.text))
            build.own.error(one.where, say("there is no issuer '{0}' under 'issuers:'{1}",
                                           "il n'y a pas d'émetteur « {0} » sous « issuers: »{1}",
                                           {one.text, didYouMean(one.text, build.issuers)}));
    };
    for (const auto& [name, listener] : child(files.main.root, "listeners").items)
        for (const auto& [transport, options] : listener.items) {
            const ConfigNode& tokens = child(options, "tokens");
            check(tokens);
            for (const auto& [none, one] : tokens.items) check(one);
        }
}

Reason wordsOf(Accesses::Clash::What what) {
    switch (what) {
        case Accesses::Clash::What::certificate: return {"certificate", "certificat"};
        case Accesses::Clash::What::token: return {"token client", "client de jeton"};
        case Accesses::Clash::What::address: return {"range of addresses", "plage d'adresses"};
    }
    return {};
}

/// Sets endpoints aside that another is proven by.
void reportClashes(const ConfigFiles& files, const Accesses& access,
                   std::vector<Endpoint>& endpoints, Build& build) {
    for (const Accesses::Clash& clash : access.clashes()) {
        const Reason text = say("'{0}' and '{1}' have the same {2}: it proves only '{0}'",
                                "« {0} » et « {1} » ont le même {2} : il ne prouve que « {0} »",
                                {clash.first, clash.second, wordsOf(clash.what)});
        const auto endpoint =
            std::find_if(endpoints.begin(), endpoints.end(),
                         [&](const Endpoint& one) { return one.name == clash.second; });
        const ConfigFile* const file =
            fileOf(endpoint != endpoints.end() ? files.endpoints : files.partners, clash.second);
        build.theirs.error(file != nullptr ? file->where() : Place{}, text);
        if (endpoint != endpoints.end()) endpoint->aside = true;
    }
}

}  // namespace

void buildAccess(const ConfigFiles& files, const std::vector<PartnerDraft>& partners,
                 Build& build) {
    const Names names = namesOf(files, partners, build);
    std::vector<Endpoint> endpoints = readEndpoints(files, names, build);
    checkPartners(partners, names, build);
    checkTokens(files, build);
    const std::map<std::string, Senders> sources = readSenders(names, build);
    const auto made = [&] {
        return std::make_shared<Accesses>(build.setup.directory, endpoints, sources,
                                          build.made.tokens);
    };
    auto access = made();
    if (!access->clashes().empty()) {
        reportClashes(files, *access, endpoints, build);
        access = made();
    }
    for (const Endpoint& endpoint : endpoints)
        if (endpoint.aside) build.made.asideEndpoints.push_back(endpoint.name);
    build.setup.access = std::move(access);
}

}  // namespace gateway
