// `passerelle maps convert` and `maps table` as a user runs them.
#include <fstream>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/plugins.h"

namespace {

using support::Ran;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kMap =
    "/// url = 'https://passerelle.example/fhir/StructureMap/m'\n/// name = 'M'\n\n"
    "// what it does\ngroup G(source src, target tgt) {\n  src.a as a -> tgt.b = a \"copy\";\n}\n";
constexpr const char* kTable =
    "# url: urn:t\n# name: t\n"
    "source,source_label,target,target_label,relation,preferred,comment\n01,é,1,,equivalent,,\n";

class FormsCommand : public testing::Test {
protected:
    std::string file(const std::string& name, const std::string& text) const {
        const std::string path = folder_.path() + "/" + name;
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    static Ran maps(std::vector<std::string> words) {
        words.insert(words.begin(), "maps");
        return support::run(words);
    }

    const support::ConfigFolder folder_;
};

TEST_F(FormsCommand, AMapGoesToJsonAndBack) {
    for (const char* const release : {"r4", "r5"}) {
        const Ran json = maps({"convert", file("m.map", kMap), "--fhir", release});
        EXPECT_EQ(0, json.code) << json.err;
        EXPECT_THAT(json.out, HasSubstr("\"resourceType\": \"StructureMap\""));
        const Ran back = maps({"convert", file("m.json", json.out)});
        EXPECT_EQ(0, back.code) << back.err;
        EXPECT_EQ(kMap, back.out);
    }
    EXPECT_EQ(kMap, maps({"convert", file("m.map", kMap), "--to", "fml"}).out);
}

TEST_F(FormsCommand, ATableGoesToJsonAndBack) {
    const Ran json = maps({"table", file("t.csv", kTable), "--fhir", "r4"});
    EXPECT_EQ(0, json.code) << json.err;
    EXPECT_THAT(json.out, HasSubstr("\"equivalence\": \"equivalent\""));
    EXPECT_EQ(kTable, maps({"table", file("t.json", json.out)}).out);
}

TEST_F(FormsCommand, MistakesAreToldInBothLanguagesAndNothingIsPrinted) {
    const std::string wrong = file("t.csv", "source,target\n1\n");
    const Ran english = maps({"table", wrong});
    EXPECT_EQ(1, english.code);
    EXPECT_EQ("", english.out);
    EXPECT_THAT(english.err, HasSubstr("t.csv:2:1: error: found no target code"));
    EXPECT_THAT(maps({"table", wrong, "--lang", "fr"}).err,
                HasSubstr("t.csv:2:1: erreur: aucun code cible trouvé"));
    const Ran map = maps({"convert", file("m.map", "group G(")});
    EXPECT_EQ(1, map.code);
    EXPECT_THAT(map.err, HasSubstr("m.map:1:9: error: "));
    EXPECT_EQ(2, maps({"convert", wrong, "--to", "csv"}).code);
    EXPECT_EQ(2, maps({"table"}).code);
}

}  // namespace
