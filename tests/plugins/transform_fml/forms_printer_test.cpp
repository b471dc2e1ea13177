// A map printed and read again is the same map, comments included.
#include "forms_fixture.h"

namespace {

using fml::MapSyntax;
using forms::parsed;

std::string printed(const std::string& text) { return fml::print(parsed(text)); }

/// A group with one rule, as small as it can be.
std::string withRule(const std::string& rule) {
    return "group G(source src, target tgt) {\n  " + rule + "\n}\n";
}

TEST(FmlPrinter, EveryConstructComesBack) {
    const MapSyntax map = parsed(forms::kEveryConstruct);
    const std::string text = fml::print(map);
    const MapSyntax again = parsed(text);
    EXPECT_EQ("", fml::difference(map, again, true)) << text;
    EXPECT_EQ(text, fml::print(again));
}

TEST(FmlPrinter, AllMapsAtHandComeBack) {
    const auto files = forms::allMaps();
    EXPECT_GE(files.size(), 5u);
    for (const auto& file : files) {
        const MapSyntax map = parsed(forms::contentOf(file));
        EXPECT_EQ("", fml::difference(map, parsed(fml::print(map)), true)) << file;
    }
}

TEST(FmlPrinter, OldSpellingsComeOutAsR5) {
    EXPECT_EQ(
        "/// url = 'http://x.example/m'\n/// name = 'm'\n\n"
        "uses \"http://x.example/A\" alias A as source\n\n"
        "group G(source src : A, target tgt) <<type+>> {\n"
        "  src.a default ('x') as a where (a > 1) check (a < 9) log ('seen') -> tgt.b = a;\n}\n",
        printed("map \"http://x.example/m\" = \"m\"\n"
                "uses \"http://x.example/A\" alias A as source\n"
                "group G(source src : A, target tgt) for type+types { "
                "src.a default \"x\" as a where a > 1 check a < 9 log \"seen\" -> tgt.b = a; }"));
}

TEST(FmlPrinter, LongRulesHaveATargetOnEachLine) {
    EXPECT_EQ(withRule("src.first as one ->\n"
                       "      tgt.aTargetWithALongName = one,\n"
                       "      tgt.anotherTargetWithALongName = one,\n"
                       "      tgt.last = 'a text' \"name\";"),
              printed(withRule("src.first as one -> tgt.aTargetWithALongName = one, "
                               "tgt.anotherTargetWithALongName = one, tgt.last = 'a text' "
                               "\"name\";")));
}

TEST(FmlPrinter, NamesThatMeanSomethingStandInBackQuotes) {
    EXPECT_EQ(withRule("`then` as `a b` -> tgt.then.`1` = `true`;"),
              printed(withRule("`then` as `a b` -> tgt.then.`1` = `true`;")));
}

TEST(FmlPrinter, CommentsStayWhereTheyWere) {
    const std::string text =
        "// a licence\n/// name = 'm'\n\nuses \"http://x.example/A\" as source // what comes\n\n"
        "// what it does\n// in two lines\ngroup G(source src, target tgt) {\n"
        "  // first\n  src.a then {\n    src.b -> tgt.b;\n    // not yet\n  };\n}\n\n// end\n";
    EXPECT_EQ(text, printed(text));
}

TEST(FmlPrinter, ACommentInsideAnExpressionIsOfTheRule) {
    EXPECT_EQ(withRule("// why\n  src where (a = 1 and b = 2) -> tgt.b;"),
              printed(withRule("src where (a = 1 // why\n and b = 2) -> tgt.b;")));
}

TEST(FmlPrinter, ExpressionsAreTheSameWhateverTheirBlanksAndOuterBrackets) {
    for (const char* const path : {"a = b", "( a  = b )", "((a\n= b))", "(a = b)"})
        EXPECT_EQ("a = b", fml::canonicalPath(path)) << path;
    EXPECT_EQ("(a) = (b)", fml::canonicalPath("(a) = (b)"));
    EXPECT_EQ("'it\\'s'", fml::canonicalPath("\"it's\""));
}

TEST(FmlPrinter, ADifferenceSaysWhere) {
    const auto differs = [](const std::string& one, const std::string& other) {
        return fml::difference(parsed(withRule(one)), parsed(withRule(other)));
    };
    EXPECT_EQ("", differs("src.a -> tgt.b;", "src . a -> tgt.b ;"));
    EXPECT_EQ("group 1: rule 1: target 1: element 1: name",
              differs("src.a -> tgt.b;", "src.a -> tgt.c;"));
    EXPECT_EQ("group 1: rule 1: target 1: parameter 1: kind",
              differs("src.a -> tgt.b = x;", "src.a -> tgt.b = 'x';"));
    EXPECT_EQ("group 1: rule 1: source 1: cardinality",
              differs("src.a 0..1 -> tgt.b;", "src.a 0..2 -> tgt.b;"));
    EXPECT_EQ("group 1: rule 1: name", differs("src.a -> tgt.b \"x\";", "src.a -> tgt.b;"));
    EXPECT_EQ("group 1: rule 1: number of call", differs("src then A(src);", "src;"));
    EXPECT_EQ("group 1: rule 1: source 1: where",
              differs("src where (a) -> tgt;", "src where (b) -> tgt;"));
}

TEST(FmlPrinter, ARowWithoutTargetMayStandBeforeOthers) {
    const MapSyntax map = parsed(
        "conceptmap \"t\" {\n prefix s = \"urn:s\"\n prefix t = \"urn:t\"\n"
        " s:a !=\n s:b != t:c\n s:d != ;\n s:\"e\" == t:f\n}\ngroup G(source a, target b) {}\n");
    ASSERT_EQ(1u, map.tables.size());
    ASSERT_EQ(4u, map.tables[0].rows.size());
    EXPECT_EQ("", map.tables[0].rows[0].target.text);
    EXPECT_EQ("c", map.tables[0].rows[1].target.text);
    EXPECT_EQ("", map.tables[0].rows[2].target.text);
    EXPECT_EQ("f", map.tables[0].rows[3].target.text);
}

}  // namespace
