/// From samples to a model, from the model to a checked map and checked messages: as a user does.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cli/program.h"

namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class ModelCommand : public testing::Test {
protected:
    ModelCommand() { fs::create_directories(folder_ / "models"); }
    ~ModelCommand() override { fs::remove_all(folder_); }

    std::string file(const std::string& name, const std::string& text) {
        std::ofstream(folder_ / name) << text;
        return (folder_ / name).string();
    }
    /// The line of one element in an inferred model.
    static std::string element(const std::string& model, const std::string& id) {
        const std::size_t at = model.find("{\"id\": \"" + id + "\"");
        if (at == model.npos) return {};
        return model.substr(at, model.find('\n', at) - at);
    }

    const fs::path folder_ = fs::temp_directory_path() / ("model-" + std::to_string(getpid()));
};

TEST_F(ModelCommand, LearnsNamesTypesAndCardinalitiesFromSamples) {
    const auto ran = support::run(
        {"model", "infer", "--name", "Visite",
         file("a.json",
              R"({"nom":"ZORGLUB","age":71,"poids":70.5,"le":"2025-01-02","etat":"EN_COURS",
                           "vu":true,"soins":[{"acte":"x"}],"ville d'ici":"y"})"),
         file("b.json", R"({"nom":"Zorglub B","age":7,"poids":71,"le":"2024-12-31","etat":"FINI",
                           "vu":false,"soins":[],"fin":null,"ville d'ici":"z"})")});
    ASSERT_EQ(0, ran.code) << ran.err;
    const auto has = [&](const char* id, const char* part) {
        EXPECT_THAT(element(ran.out, std::string("Visite.") + id), HasSubstr(part));
    };
    has("nom", R"("min": 1, "max": "1", "type": [{"code": "string"}])");
    has("age", R"("type": [{"code": "integer"}])");
    has("poids", R"("type": [{"code": "decimal"}])");
    has("le", R"("type": [{"code": "date"}])");
    has("etat", R"("type": [{"code": "code"}])");
    has("vu", R"("type": [{"code": "boolean"}])");
    has("soins", R"("min": 0, "max": "*", "type": [{"code": "BackboneElement"}])");
    has("soins.acte", R"("min": 1, "max": "1")");
    has("fin", R"("min": 0)");
    has("ville-d-ici", R"("valueString": "ville d'ici")");
    EXPECT_THAT(ran.out, Not(HasSubstr("orglub"))) << "no value of a sample is in it";
    EXPECT_THAT(ran.out, Not(HasSubstr("EN_COURS")));
    const auto check =
        support::run({"convert", "--from", "fhir+json", "--check", file("m.json", ran.out)});
    EXPECT_EQ(0, check.code) << check.err;
}

TEST_F(ModelCommand, ChecksMapsAndMessagesByTheModel) {
    const std::string sample =
        file("plan.xml", "<plan xmlns=\"urn:exemple\" cle=\"a1\"><nom x=\"1\">ANA</nom></plan>");
    const auto made = support::run({"model", "infer", "--name", "Plan", sample});
    ASSERT_EQ(0, made.code) << made.err;
    EXPECT_THAT(element(made.out, "Plan.cle"), HasSubstr("xmlAttr"));
    EXPECT_THAT(element(made.out, "Plan.nom.xmlText"), HasSubstr("xmlText"));
    const std::string model = file("models/plan.json", made.out);
    const auto map = [&](const char* attribute) {
        return file("m.map",
                    std::string("map \"http://example.org/m\" = \"m\"\n"
                                "uses \"http://example.org/fhir/StructureDefinition/Plan\" alias "
                                "Plan as source\n"
                                "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" alias "
                                "Patient as target\n"
                                "group Main(source src : Plan, target tgt : Patient) {\n"
                                "  src.`") +
                        attribute +
                        "` as c -> tgt.id = c \"cle\";\n"
                        "  src.nom as n then { n.xmlText as t -> tgt.name as h, h.family = t "
                        "\"nom\"; } \"noms\";\n}\n");
    };
    const auto good = support::run({"translate", "--map", map("@cle"), sample});
    EXPECT_EQ(0, good.code) << good.err;
    EXPECT_THAT(good.out, HasSubstr(R"("id":"a1","name":[{"family":"ANA"}])"));
    const auto bad = support::run({"translate", "--map", map("@clef"), sample});
    EXPECT_EQ(1, bad.code);
    EXPECT_THAT(bad.err, HasSubstr("m.map:5:7"));
    EXPECT_THAT(bad.err, HasSubstr("did you mean '@cle'?"));

    const std::string other =
        file("other.xml", "<plan xmlns=\"urn:exemple\"><nom x=\"un\">A</nom><nm/></plan>");
    const auto check =
        support::run({"convert", "--from", "xml:model=" + model, "--check", other, "--lang", "en"});
    EXPECT_EQ(1, check.code);
    EXPECT_THAT(check.err, HasSubstr("found no '@cle'"));
    EXPECT_THAT(check.err, HasSubstr("/nm: unknown to the model; did you mean 'nom'?"));
    EXPECT_THAT(check.err, HasSubstr("/nom/@x: found a value that is no integer"));
}

TEST_F(ModelCommand, WritesArraysAndNumbersAsTheModelHasThem) {
    const auto made = support::run(
        {"model", "infer", "--name", "Pack", file("p.json", R"({"row":[{"a":1,"b":["x"]}]})")});
    const std::string model = file("models/pack.json", made.out);
    const auto ran = support::run({"convert", "--from", "xml", "--to", "json:model=" + model,
                                   file("x.xml", "<p><row><a>7</a><b>y</b></row></p>")});
    EXPECT_EQ(0, ran.code) << ran.err;
    std::string flat = ran.out;
    std::erase_if(flat, [](char c) { return c == ' ' || c == '\n'; });
    EXPECT_EQ(R"({"row":[{"a":7,"b":["y"]}]})", flat);
}

TEST_F(ModelCommand, TakesAFolderForOnePack) {
    fs::create_directories(folder_ / "lot");
    file("lot/dossier.csv", "NUM;LE\n7;02/01/2025\n");
    file("lot/actions.csv", "NUM;TYPE\n7;SOIN\n7;AIDE\n");
    const auto ran = support::run({"model", "infer", (folder_ / "lot").string()});
    ASSERT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(element(ran.out, "Lot.actions"), HasSubstr(R"("max": "*")"));
    EXPECT_THAT(element(ran.out, "Lot.dossier.LE"), HasSubstr("(DD/MM/YYYY)"));
}

TEST_F(ModelCommand, TranslatesAPackIntoAFolder) {
    fs::create_directories(folder_ / "lot");
    file("lot/dossier.csv", "NUM\n7\n");
    file("lot/actions.csv", "NUM;TYPE\n7;SOIN\n");
    const std::string map =
        file("p.map",
             "map \"http://example.org/p\" = \"p\"\n"
             "uses \"urn:in\" alias In as source\nuses \"urn:out\" alias Out as target\n"
             "group Main(source src : In, target tgt : Out) {\n"
             "  src.dossier as d -> tgt.plan as p, p.numero = (d.NUM) \"d\";\n"
             "  src.actions as a -> tgt.acte as t, t.type = (a.TYPE) \"a\";\n}\n");
    const auto ran = support::run({"translate", "--map", map, "--to", "csv", "--output",
                                   (folder_ / "out").string(), (folder_ / "lot").string()});
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_EQ("", ran.out);
    std::string text;
    std::getline(std::ifstream(folder_ / "out" / "acte.csv"), text, '\0');
    EXPECT_EQ("type\nSOIN\n", text);
    EXPECT_TRUE(fs::exists(folder_ / "out" / "plan.csv"));
}

TEST_F(ModelCommand, TellsWhatItCannotRead) {
    EXPECT_EQ(2, support::run({"model", "infer"}).code);
    const auto ran = support::run({"model", "infer", file("c.json", "{\"a\":"), "--lang", "fr"});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.err, HasSubstr("ligne 1, colonne 6"));
}

}  // namespace
