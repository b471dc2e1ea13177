#include "access/accesses.h"

#include "directory/partner_directory.h"

namespace {
using namespace gateway;
using testing::HasSubstr;
using Act = Wanted::Act;

const std::string kFingerprint(64, 'a'), kOther(64, 'b');

/// Believes what stands in the token: "ISSUER CLIENT [SUBJECT] [SCOPE]".
class Tokens final : public TokenReader {
public:
    std::shared_ptr<const Token> read(const std::string& text, const Facts&) override {
        if (text == "forged") throw Unproven("token", {"forged", "falsifié"});
        auto token = std::make_shared<Token>(next);
        const std::size_t blank = text.find(' ');
        token->issuer = text.substr(0, blank);
        token->client = token->subject = text.substr(blank + 1);
        if (!next.subject.empty()) token->subject = next.subject;
        return token;
    }
    Token next;  ///< all but issuer and client
};

class AccessesTest : public testing::Test {
protected:
    AccessesTest() {
        partners_ = {
            {"chu",
             "hospital",
             "CHU",
             {{"finess", "980000001"}},
             {{"receiving_facility", "CHU"}, {"receiving_application", "DPI"}},
             {"plans"}},
            {"clinique", "hospital", "", {{"certificate", kOther}}, {}, {"plans"}},
            {"martin", "gp", "", {{"rpps", "99800000001"}, {"finess", "980000101"}}, {}, {"box"}},
            {"durand", "gp", "", {{"rpps", "99800000002"}}, {}, {"box"}},
            {"labo",
             "lab",
             "",
             {{"finess", "980000201"}},
             {{"receiving_facility", "CHU"}, {"receiving_application", "LABO"}},
             {}},
            {"relai", "network", "", {}, {}, {"notices"}}};
        endpoints_["saas"] = {.partners = {"durand", "martin"}};
        endpoints_["saas"].certificates = {kFingerprint};
        endpoints_["saas"].tokens = {{"idp", "saas-client"}};
        endpoints_["saas"].notify = {"https://hooks.example/told"};
        endpoints_["engine"] = {.partners = {"chu", "labo"}};
        endpoints_["portal"] = {.networks = {"relai"}};
        endpoints_["two"] = {.networks = {"relai", "pluri"}};
        sources_["gp"].categories = {"gp"};
        sources_["adt"].names = {"chu", "clinique"};
        sources_["plans"] = {.names = {"relai"}, .network = "relai"};
        sources_["others"] = {.names = {"relai", "portal", "pluri"}, .network = "pluri"};
        sources_["open"].anyone = true;
        sources_["open-relai"] = {.anyone = true, .network = "relai"};
        sources_["saas-only"].names = {"saas"};
        sources_["relai-too"] = {.names = {"durand"}, .network = "relai"};
    }

    std::shared_ptr<const Accesses> made() {
        std::vector<Endpoint> all;
        for (auto& [name, endpoint] : endpoints_) {
            endpoint.name = name;
            all.push_back(endpoint);
        }
        return std::make_shared<Accesses>(std::make_shared<PartnerDirectory>(partners_), all,
                                          sources_, tokens_);
    }
    static Shown certificate(const std::string& subject, const std::string& fingerprint = {},
                             const std::string& actsFor = {}) {
        Shown shown;
        shown.facts.set("peer", "192.0.2.1:1");
        shown.facts.set("tls.subject", subject);
        shown.facts.set("tls.fingerprint",
                        fingerprint.empty() ? std::string(64, '0') : fingerprint);
        shown.actsFor = actsFor;
        return shown;
    }
    static Shown token(const std::string& text, const std::string& actsFor = {}) {
        Shown shown;
        shown.facts.set("peer", "192.0.2.1:1");
        shown.facts.set("token.issuers", "other idp");
        shown.token = text;
        shown.actsFor = actsFor;
        return shown;
    }
    static Shown saas(const std::string& actsFor) {
        return certificate("CN=x", kFingerprint, actsFor);
    }
    static Shown engine(const std::string& facility, const std::string& application,
                        const std::string& facilityId = {}) {
        return certificate("CN=engine", {},
                           facility + "\n" + facilityId + "\n" + application + "\n\n");
    }
    /// "endpoint/partner/network", or where it is refused: "! place".
    std::string who(const Shown& shown) {
        try {
            const Who one = made()->who(shown);
            return one.endpoint + "/" + one.partner + "/" + one.network;
        } catch (const Unproven& error) {
            return "!! " + error.where;
        } catch (const Error& error) {
            EXPECT_FALSE(error.reason().fr.empty());
            return "! " + error.where;
        }
    }
    std::string refused(const Shown& shown, Wanted wanted) {
        const auto access = made();
        const auto why = access->refuses(access->who(shown), wanted);
        if (!why) return "";
        EXPECT_FALSE(why->fr.empty()) << why->en;
        return why->en;
    }
    bool maySend(const Shown& shown, const std::string& source) {
        return refused(shown, {Act::send, source, {}, {}}).empty();
    }

    std::vector<Partner> partners_;
    std::map<std::string, Endpoint> endpoints_;
    std::map<std::string, Senders> sources_;
    std::shared_ptr<Tokens> tokens_ = std::make_shared<Tokens>();
};

// Who is there.

TEST_F(AccessesTest, ACertificateProvesIt) {
    EXPECT_EQ("chu/chu/", who(certificate("CN=chu,O=Example")));
    EXPECT_EQ("clinique/clinique/", who(certificate("CN=x", kOther)));
    EXPECT_EQ("portal//relai", who(certificate("CN=portal")));
    EXPECT_EQ("//", who(certificate("CN=nobody")));
    EXPECT_EQ("//", who(certificate("O=chu")));
    EXPECT_EQ("//", who({}));
    endpoints_["portal"].certificates = {"CN=web,O=Relai"};
    EXPECT_EQ("portal//relai", who(certificate("CN=web,O=Relai")));
    EXPECT_EQ("//", who(certificate("CN=web,O=Other")));
}

TEST_F(AccessesTest, WhoNamesCertificatesIsKnownByThemAlone) {
    EXPECT_EQ("//", who(certificate("CN=clinique"))) << "a partner by its fingerprint";
    EXPECT_EQ("//", who(certificate("CN=saas"))) << "an endpoint by its fingerprint";
    endpoints_["chu"] = {.certificates = {"CN=dpi"}, .partners = {"chu"}};
    EXPECT_EQ("//", who(certificate("CN=chu"))) << "nor is the partner of that name";
    EXPECT_EQ("chu/chu/", who(certificate("CN=dpi")));
}

TEST_F(AccessesTest, AnAddressProvesItWhereNothingIsEncrypted) {
    endpoints_["engine"].allow = {*AddressRange::parsed("10.2.0.0/16"),
                                  *AddressRange::parsed("fd00:12::/32")};
    Shown shown;
    shown.actsFor = "980000001\n\n\n\n";
    const auto from = [&](const char* peer) {
        shown.facts.set("peer", peer);
        return who(shown);
    };
    EXPECT_EQ("//", from("10.2.0.1:40000")) << "the connection may be encrypted";
    shown.facts.set("plain", "yes");
    EXPECT_EQ("engine/chu/", from("10.2.0.1:40000"));
    EXPECT_EQ("engine/chu/", from("[fd00:12::1]:40000"));
    EXPECT_EQ("//", from("10.3.0.1:40000"));
    EXPECT_EQ("//", from("[fd00:13::1]:40000"));
    EXPECT_EQ(Who::Proof::address, [&] {
        shown.facts.set("peer", "10.2.0.1:1");
        return made()->who(shown).proof;
    }());
}

TEST_F(AccessesTest, ATokenProvesIt) {
    EXPECT_EQ("saas/martin/", who(token("idp saas-client", "martin")));
    EXPECT_EQ("!! token", who(token("forged")));
    EXPECT_EQ("! token", who(token("idp somebody"))) << "good, but nobody's";
    EXPECT_EQ("! token", who(token("other saas-client"))) << "of another issuer";
    Shown elsewhere = token("idp saas-client");
    elsewhere.facts.set("token.issuers", "other");
    EXPECT_EQ("!! token", who(elsewhere)) << "of an issuer that is not believed there";
    elsewhere.facts.set("token.issuers", "");
    EXPECT_EQ("!! token", who(elsewhere)) << "none is believed there";
    tokens_->next.subject = "somebody";
    const Who one = made()->who(token("idp saas-client", "martin"));
    EXPECT_EQ("somebody", one.person);
    EXPECT_EQ(Who::Proof::token, one.proof);
    tokens_.reset();
    EXPECT_EQ("!! token", who(token("idp saas-client")));
}

TEST_F(AccessesTest, CertificateAndTokenMustBeOfOneEndpoint) {
    Shown both = saas("martin");
    both.facts.set("token.issuers", "idp");
    both.token = "idp saas-client";
    EXPECT_EQ("saas/martin/", who(both));
    both.facts.set("tls.fingerprint", kOther);
    EXPECT_EQ("! token", who(both)) << "another's certificate";
    both.facts.set("tls.fingerprint", std::string(64, 'c'));
    EXPECT_EQ("! token", who(both)) << "nobody's certificate";
}

TEST_F(AccessesTest, ABrokenEndpointIsNobodyForNow) {
    endpoints_["saas"].aside = true;
    const auto access = made();
    try {
        access->who(saas("martin"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(Fault::unavailable, error.fault);
        EXPECT_EQ("endpoint saas", error.where);
    }
    EXPECT_EQ("chu/chu/", who(certificate("CN=chu"))) << "the others are there";
}

TEST_F(AccessesTest, WhatProvesTwoIsTheFirsts) {
    endpoints_["thief"].certificates = {kFingerprint, kOther};
    endpoints_["thief"].tokens = {{"idp", "saas-client"}};
    endpoints_["engine"].allow = {*AddressRange::parsed("10.2.0.0/16")};
    endpoints_["thief"].allow = {*AddressRange::parsed("10.2.0.0/16")};
    std::vector<std::string> told;
    const auto access = made();
    for (const Accesses::Clash& clash : access->clashes())
        told.push_back(clash.first + " " + clash.second);
    EXPECT_THAT(told, testing::UnorderedElementsAre("saas thief", "saas thief", "engine thief",
                                                    "thief clinique"));
    EXPECT_EQ("saas/martin/", who(saas("martin")));
}

// For whom.

TEST_F(AccessesTest, OneOfItsOwnByNameOrIdentifier) {
    EXPECT_EQ("saas/martin/", who(saas("martin")));
    EXPECT_EQ("saas/martin/", who(saas("99800000001")));
    EXPECT_EQ("saas/martin/", who(saas("rpps|99800000001")));
    EXPECT_EQ("saas/martin/", who(saas("980000101")));
    EXPECT_EQ("! acts-for", who(saas("finess|99800000001"))) << "of another scheme";
    EXPECT_EQ("! acts-for", who(saas("chu"))) << "another's";
    EXPECT_EQ("! acts-for", who(saas("nobody")));
    EXPECT_EQ("saas//", who(saas(""))) << "for several: it has not said for which";
    EXPECT_EQ("! acts-for", who(certificate("CN=chu", {}, "martin")));
    EXPECT_EQ("chu/chu/", who(certificate("CN=chu", {}, "980000001")));
}

TEST_F(AccessesTest, AnIdentifierOfTwoNamesNeither) {
    partners_[3].identifiers.emplace_back("finess", "980000101");
    EXPECT_EQ("! acts-for", who(saas("980000101")));
    endpoints_["saas"].partners = {"martin"};
    EXPECT_EQ("saas/martin/", who(saas("980000101"))) << "only one of them is its own";
}

TEST_F(AccessesTest, AHeaderFieldOfItsOwn) {
    endpoints_["saas"].namedBy = {NamedBy::What::header, "X-Practice"};
    Shown shown = saas("durand");
    shown.header = [](std::string_view name) { return name == "X-Practice" ? "martin" : ""; };
    EXPECT_EQ("saas/martin/", who(shown));
    shown.header = [](std::string_view) { return ""; };
    EXPECT_EQ("saas//", who(shown)) << "the usual field says nothing then";
}

TEST_F(AccessesTest, AClaimOfItsToken) {
    endpoints_["saas"].namedBy = {NamedBy::What::claim, "practice"};
    EXPECT_EQ("saas//", who(token("idp saas-client", "martin"))) << "no claim";
    tokens_->next.claims["practice"] = {"martin"};
    EXPECT_EQ("saas/martin/", who(token("idp saas-client")));
    EXPECT_EQ("saas/martin/", who(token("idp saas-client", "99800000001")));
    EXPECT_EQ("! acts-for", who(token("idp saas-client", "durand"))) << "the claim says otherwise";
    tokens_->next.claims["practice"] = {"chu"};
    EXPECT_EQ("! token", who(token("idp saas-client")));
    tokens_->next.claims["practice"] = {"chu", "martin", "durand"};
    EXPECT_EQ("saas//", who(token("idp saas-client")));
    EXPECT_EQ("saas/durand/", who(token("idp saas-client", "durand")));
}

TEST_F(AccessesTest, TheSenderOfAMessage) {
    EXPECT_EQ("engine/chu/", who(engine("CHU", "DPI"))) << "facility and application";
    EXPECT_EQ("engine/labo/", who(engine("CHU", "LABO")));
    EXPECT_EQ("! facility", who(engine("CHU", "X"))) << "both have that facility";
    EXPECT_EQ("engine/chu/", who(engine("980000001", "X")));
    EXPECT_EQ("engine/chu/", who(engine("X", "X", "980000001"))) << "by its universal id";
    EXPECT_EQ("engine/labo/", who(engine("", "labo"))) << "by the application";
    EXPECT_EQ("! facility", who(engine("980000101", "DPI"))) << "another's";
    EXPECT_EQ("! application", who(engine("", "martin"))) << "another's";
    EXPECT_EQ("engine//", who(engine("X", "Y"))) << "nobody is called so";
    // Who acts for one only need not say so, and may not say otherwise.
    EXPECT_EQ("chu/chu/", who(certificate("CN=chu", {}, "X\n\nY\n\n")));
    EXPECT_EQ("! facility", who(certificate("CN=chu", {}, "980000201\n\nDPI\n\n")));
    EXPECT_EQ("chu/chu/", who(certificate("CN=chu", {}, "X\n\nDPI\n\n")));
}

TEST_F(AccessesTest, APortalOfSeveralNetworksSaysOfWhich) {
    EXPECT_EQ("two//", who(certificate("CN=two")));
    EXPECT_EQ("two//pluri", who(certificate("CN=two", {}, "pluri")));
    EXPECT_EQ("! acts-for", who(certificate("CN=two", {}, "arpege")));
    EXPECT_FALSE(maySend(certificate("CN=two"), "plans"));
    EXPECT_TRUE(maySend(certificate("CN=two", {}, "relai"), "plans"));
}

// What it may do.

TEST_F(AccessesTest, SendsWhereTheSourceNamesIt) {
    EXPECT_TRUE(maySend(saas("martin"), "gp")) << "a category";
    EXPECT_TRUE(maySend(saas("martin"), "saas-only")) << "an endpoint";
    EXPECT_TRUE(maySend(certificate("CN=chu"), "adt")) << "a partner";
    EXPECT_TRUE(maySend(engine("CHU", "DPI"), "adt")) << "a partner, through its endpoint";
    EXPECT_TRUE(maySend(certificate("CN=portal"), "plans")) << "a network, through its portal";
    EXPECT_FALSE(maySend(engine("CHU", "LABO"), "adt"));
    EXPECT_FALSE(maySend(certificate("CN=chu"), "gp"));
    EXPECT_FALSE(maySend(certificate("CN=nobody"), "adt"));
    EXPECT_FALSE(maySend({}, "adt"));
    EXPECT_TRUE(maySend({}, "open"));
    EXPECT_FALSE(maySend({}, "no-such-source"));
    for (const Act act : {Act::send, Act::validate})
        EXPECT_NE("", refused(certificate("CN=chu"), {act, "gp", {}, {}}));
}

TEST_F(AccessesTest, WhoActsForSeveralSaysForWhich) {
    EXPECT_THAT(refused(saas(""), {Act::send, "saas-only", {}, {}}), HasSubstr("for which"));
    EXPECT_THAT(refused(saas(""), {Act::read, {}, {}, {}}), HasSubstr("for which"));
}

TEST_F(AccessesTest, NobodySendsForAnotherNetwork) {
    EXPECT_THAT(refused(certificate("CN=portal"), {Act::send, "others", {}, {}}),
                HasSubstr("another network's"))
        << "though the source names it";
    sources_["open-relai"].network = "pluri";
    EXPECT_FALSE(maySend(certificate("CN=portal"), "open-relai")) << "not even where anyone may";
    EXPECT_TRUE(maySend(saas("durand"), "relai-too")) << "who has no network may be named";
}

TEST_F(AccessesTest, ReadsItsOwnMailboxesOnly) {
    for (const Act act : {Act::read, Act::settle, Act::subscribe}) {
        EXPECT_EQ("", refused(saas("martin"), {act, {}, "martin/box", {}}));
        EXPECT_EQ("", refused(saas("martin"), {act, {}, {}, {}}));
        EXPECT_NE("", refused(saas("martin"), {act, {}, "durand/box", {}}));
        EXPECT_NE("", refused(saas("martin"), {act, {}, "martin-2/box", {}}));
        EXPECT_NE("", refused(saas("martin"), {act, {}, "martin", {}}));
        EXPECT_NE("", refused(certificate("CN=portal"), {act, {}, "relai/notices", {}}))
            << "a portal that acts for no partner";
        EXPECT_NE("", refused({}, {act, {}, "martin/box", {}}));
    }
    endpoints_["portal"].partners = {"relai"};
    EXPECT_EQ("", refused(certificate("CN=portal"), {Act::read, {}, "relai/notices", {}}));
}

TEST_F(AccessesTest, IsToldAtItsOwnAddressesOnly) {
    const auto told = [&](const std::string& address) {
        return refused(saas("martin"), {Act::subscribe, {}, "martin/box", {}, address}).empty();
    };
    EXPECT_TRUE(told("https://hooks.example/told"));
    EXPECT_TRUE(told("https://hooks.example/told/martin?x=1"));
    for (const char* const other :
         {"https://hooks.example/toldby", "https://hooks.example/", "http://hooks.example/told",
          "https://hooks.example/told/../x", "https://hooks.example/told/%2e%2e/x",
          "https://hooks.example/told@evil.example", "https://evil.example/told", "x"})
        EXPECT_FALSE(told(other)) << other;
    EXPECT_NE("", refused(certificate("CN=chu"),
                          {Act::subscribe, {}, "chu/plans", {}, "https://chu.example/"}))
        << "a partner that is its own endpoint has none";
}

TEST_F(AccessesTest, FollowsWhenKnown) {
    EXPECT_EQ("", refused(certificate("CN=portal"), {Act::follow, {}, {}, {}}));
    EXPECT_NE("", refused({}, {Act::follow, {}, {}, {}}));
}

TEST_F(AccessesTest, WhatATokenMayDoItsScopesSay) {
    const Shown shown = token("idp saas-client", "martin");
    const auto may = [&](Act act, const char* scope) {
        tokens_->next.scopes = {scope};
        return refused(shown, {act, "gp", act == Act::read ? "martin/box" : "martin/box", "Thing"})
            .empty();
    };
    EXPECT_FALSE(may(Act::send, "openid"));
    EXPECT_TRUE(may(Act::send, "system/Thing.c"));
    EXPECT_TRUE(may(Act::validate, "system/Thing.u"));
    EXPECT_FALSE(may(Act::send, "system/Thing.rs"));
    EXPECT_TRUE(may(Act::read, "system/Thing.rs"));
    EXPECT_FALSE(may(Act::read, "system/Other.rs"));
    EXPECT_TRUE(may(Act::settle, "system/Thing.write"));
    EXPECT_FALSE(may(Act::settle, "system/Thing.read"));
    EXPECT_TRUE(may(Act::subscribe, "system/Thing.c"));
    EXPECT_TRUE(may(Act::follow, "openid"));
    tokens_->next.scopes = {"system/*.cruds"};
    EXPECT_NE("", refused(shown, {Act::send, "adt", {}, "Thing"}))
        << "a scope gives nothing that `from` does not";
}

TEST_F(AccessesTest, IsNotedWithWhatArrives) {
    Facts facts;
    const auto access = made();
    const Who martin = access->who(saas("martin"));
    note(facts, martin);
    EXPECT_TRUE(isFrom(facts, martin));
    EXPECT_FALSE(isFrom(facts, access->who(saas("durand")))) << "another practice, same software";
    EXPECT_FALSE(isFrom(facts, {}));
}

}  // namespace
