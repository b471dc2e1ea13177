// What a network changes in the federation's maps and tables.
#include "fml_maps.h"

namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kMap =
    "/// url = 'urn:maps/plan-to-x'\n"
    "/// name = 'plan-to-x'\n"
    "uses \"urn:in\" alias In as source\n"
    "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" alias Patient as target\n"
    "let kept = 'kept';\n"
    "group Start(source src : In, target patient : Patient) {\n"
    "  src -> patient.active = true;\n"
    "  src then Person(src, patient);\n"
    "}\n"
    "group Person(source src, target patient : Patient) {\n"
    "  src.name as v -> patient.name as name, name.text = v;\n"
    "  src.sex as v -> patient.gender = translate(v, 'sex', 'code');\n"
    "}\n";

class FmlLayer : public FmlMaps {
protected:
    FmlLayer() {
        shared_ = file("federation/plan-to-x/plan-to-x.map", kMap);
        file("federation/plan-to-x/tables/sex.csv",
             "# url: urn:tables/sex\nsource,target,relation,preferred\n"
             "F,female,equivalent,yes\nM,male,equivalent,yes\nX,other,equivalent,\n");
    }

    gateway::MapSurroundings around(const std::string& network) {
        gateway::MapSurroundings around;
        around.library = library_;
        around.models = {fhir_->model()};
        around.network = network;
        return around;
    }
    bool overrides(const std::string& network) {
        return language_->overrides(shared_, around(network));
    }
    std::unique_ptr<gateway::Transformer> compile(const std::string& network,
                                                  const std::string& path = {}) {
        findings_ = {};
        return language_->compile(path.empty() ? shared_ : path, around(network), findings_);
    }
    std::string made(const std::string& network, const std::string& json,
                     const std::string& path = {}) {
        const auto map = compile(network, path);
        if (!map) return findings().front();
        report_ = {};
        return encode(*fhir_, map->transform(decode(*json_, json), context_, report_));
    }
    std::vector<std::string> findingsFor(const std::string& map) {
        file("networks/relai/plan-to-x.map", "/// overrides = 'plan-to-x'\n" + map);
        compile("relai");
        return findings();
    }

    std::string shared_;
};

const std::string kIn = R"({"name":"EXEMPLE","sex":"F"})";
const std::string kSame =
    R"({"resourceType":"Patient","active":true,"name":[{"text":"EXEMPLE"}],"gender":"female"})";

TEST_F(FmlLayer, AGroupOfTheNetworkReplacesTheOneOfItsName) {
    const std::string change =
        file("networks/relai/plan-to-x/plan-to-x.map",
             "/// overrides = 'plan-to-x'\n"
             "group Person(source s, target p : Patient) { s.name as v -> p.name as n, n.family = "
             "v; s -> p.language = (kept); }\n");
    const std::string theirs =
        R"({"resourceType":"Patient","active":true,"name":[{"family":"EXEMPLE"}],"language":"kept"})";
    EXPECT_EQ(theirs, made("relai", kIn));
    EXPECT_EQ(kSame, made("", kIn));
    EXPECT_EQ(kSame, made("autre", kIn));
    EXPECT_EQ(theirs, made("", kIn, change)) << "the change itself is the map as it changes it";
    EXPECT_TRUE(overrides("relai"));
    EXPECT_FALSE(overrides(""));
    EXPECT_FALSE(overrides("autre"));
    EXPECT_EQ(shared_, language_->locate("plan-to-x", library_)) << "a change is no map by itself";
    EXPECT_EQ(change, language_->locate("relai/plan-to-x/plan-to-x", library_));
}

TEST_F(FmlLayer, TheFirstGroupCanBeReplacedToo) {
    file("networks/relai/x.map",
         "/// overrides = 'urn:maps/plan-to-x'\n"
         "group Start(source s : In, target p : Patient) { s -> p.active = false; }");
    EXPECT_EQ(R"({"resourceType":"Patient","active":false})", made("relai", kIn));
}

TEST_F(FmlLayer, AGroupThatExtendsItsOwnNameAddsToTheOneThatItReplaces) {
    file("networks/relai/x.map",
         "/// overrides = 'plan-to-x'\n"
         "group Person(source s, target p : Patient) extends Person { s -> p then More(s, p); }\n"
         "group More(source s, target p : Patient) { s -> p.language = 'fr'; }");
    EXPECT_EQ(
        R"({"resourceType":"Patient","active":true,"name":[{"text":"EXEMPLE"}],"gender":"female","language":"fr"})",
        made("relai", kIn));
}

TEST_F(FmlLayer, AGroupOfAnImportedMapIsReplacedWhereverItIsImported) {
    const std::string map = file("federation/y/y.map",
                                 "/// url = 'urn:y'\n/// name = 'y'\nimports 'plan-to-x'\n"
                                 "uses \"urn:in\" alias In as source\n"
                                 "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" alias "
                                 "Patient as target\n"
                                 "group Y(source s : In, target p : Patient) { s then Person(s, "
                                 "p); }");
    file("networks/relai/x.map",
         "/// overrides = 'plan-to-x'\n"
         "group Person(source s, target p : Patient) { s -> p.active = false; }");
    EXPECT_EQ(R"({"resourceType":"Patient","active":false})", made("relai", kIn, map));
    EXPECT_TRUE(language_->overrides(map, around("relai")));
}

TEST_F(FmlLayer, RowsOfTheNetworkReplaceAddAndTakeAway) {
    file("networks/relai/tables/sex.csv",
         "# overrides: sex\nsource;target;relation\nF;other;equivalent\nU;unknown;equivalent\n"
         "X;;not-related-to\n");
    const auto sex = [&](const std::string& network, const std::string& code) {
        return made(network, R"({"sex":")" + code + R"("})");
    };
    const auto with = [](const std::string& gender) {
        return R"({"resourceType":"Patient","active":true,"gender":")" + gender + R"("})";
    };
    EXPECT_EQ(with("other"), sex("relai", "F"));
    EXPECT_EQ(with("male"), sex("relai", "M"));
    EXPECT_EQ(with("unknown"), sex("relai", "U"));
    EXPECT_EQ(R"({"resourceType":"Patient","active":true})", sex("relai", "X"));
    EXPECT_THAT(issues(), IsEmpty()) << "as any row without a target, it says so on purpose";
    EXPECT_EQ(with("female"), sex("", "F"));
    sex("", "U");
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("not in table 'sex'")));
    EXPECT_TRUE(overrides("relai"));
    EXPECT_NE(compile("")->version(), compile("relai")->version());
    EXPECT_EQ(compile("")->version(), compile("autre")->version());
}

TEST_F(FmlLayer, ATableOfTheNetworkMayHaveAnotherRuleForTheUnmapped) {
    file("networks/relai/tables/sexes.csv",
         "# overrides: urn:tables/sex\n# unmapped: fixed unknown\nsource,target\n");
    EXPECT_EQ(R"({"resourceType":"Patient","active":true,"gender":"unknown"})",
              made("relai", R"({"sex":"?"})"));
}

TEST_F(FmlLayer, ATableWithoutTheHeaderChangesNoMapOfTheFederation) {
    file("networks/relai/tables/sex.csv", "source,target\nF,other\n");
    EXPECT_FALSE(overrides("relai"));
    EXPECT_EQ(kSame, made("relai", kIn));
    const std::string own = file("networks/relai/own/own.map", kMap);
    EXPECT_EQ(
        R"({"resourceType":"Patient","active":true,"name":[{"text":"EXEMPLE"}],"gender":"other"})",
        made("", kIn, own))
        << "the nearest table of that name, whole";
}

TEST_F(FmlLayer, AMapOfTheNetworkIsAlwaysOfItsNetwork) {
    const std::string own = file("networks/relai/own/own.map", kMap);
    file("networks/relai/tables/changed.csv", "# overrides: sex\nsource,target\nF,other\n");
    const std::string theirs =
        R"({"resourceType":"Patient","active":true,"name":[{"text":"EXEMPLE"}],"gender":"other"})";
    EXPECT_EQ(theirs, made("", kIn, own));
    EXPECT_EQ(theirs, made("relai", kIn, own));
    EXPECT_FALSE(language_->overrides(own, around("relai"))) << "they are the same";
}

TEST_F(FmlLayer, MistakesAreToldWithTheirPlace) {
    EXPECT_THAT(findingsFor("group Persn(source s, target p : Patient) { s -> p.active = true; }"),
                ElementsAre("plan-to-x.map:2:7: found group 'Persn', which "
                            "federation/plan-to-x/plan-to-x.map does not have and no group here "
                            "calls, expected the name of one that it has; did you mean "
                            "'Person'?"));
    EXPECT_THAT(findingsFor("group Person(source s, source x, target p : Patient) { }"),
                ElementsAre("plan-to-x.map:2:7: found group 'Person' with other parameters than "
                            "what it changes in federation/plan-to-x/plan-to-x.map, expected "
                            "Person(source src, target patient : Patient)",
                            HasSubstr("Person")));
    EXPECT_THAT(findingsFor("group Person(source s, target p : Patient) { s -> p.activ = true; }"),
                ElementsAre(HasSubstr("plan-to-x.map:2:53: found element 'activ'")));
    file("networks/relai/more.map", "/// overrides = 'plan-to-x'\n");
    EXPECT_THAT(findingsFor(""), ElementsAre(HasSubstr("found a second file that changes")));
}

TEST_F(FmlLayer, AChangeOfNothingIsAMistakeWhateverTheMap) {
    file("networks/relai/a.map", "\n/// overrides = 'plan-to-z'\n");
    file("networks/relai/tables/b.csv",
         "# version: 1\n# overrides: sexe\nsource,target\nF,other\n");
    EXPECT_TRUE(overrides("relai"));
    EXPECT_EQ(nullptr, compile("relai"));
    EXPECT_THAT(
        findings(),
        ElementsAre("a.map:2:1: found a change of map 'plan-to-z', expected the name or url of a "
                    "map; did you mean 'plan-to-x'?",
                    "b.csv:2: found a change of table 'sexe', expected the name or url of a "
                    "table; did you mean 'sex'?"));
    EXPECT_THAT(findings_.all()[0].fr, HasSubstr("vouliez-vous dire « plan-to-x » ?"));
    EXPECT_NE(nullptr, compile("")) << "the others' map is not touched";
}

}  // namespace
