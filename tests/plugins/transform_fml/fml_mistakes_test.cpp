// Broken maps: each gives one finding that a mapper can act on, with its place.
#include "fml_maps.h"

namespace {
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class FmlMistakes : public FmlMaps {
protected:
    /// Rules begin in line 5.
    std::vector<std::string> ofRules(const std::string& rules) { return findingsOf(plain(rules)); }
    std::vector<std::string> ofPatient(const std::string& rules) {
        return findingsOf(typed("Patient", rules));
    }
};

TEST_F(FmlMistakes, Syntax) {
    const std::pair<const char*, const char*> all[] = {
        {"src.a as v -> tgt.b = v",
         "m.map:6:1: found '}', expected ',', 'then', \"rule name\" or ';'"},
        {"src.a as v tgt.b = v;",
         "m.map:5:12: found 'tgt', expected '->', ',', 'then', \"rule name\" or ';'"},
        {"src.a as -> tgt.b;", "m.map:5:10: found '->', expected the name of a variable"},
        {"src.3 as v -> tgt.b = v;",
         "m.map:5:5: found '3', expected the name of an element; a name that is a number stands in "
         "back quotes: `3`"},
        {"src.a as v -> tgt.b = ;",
         "m.map:5:23: found ';', expected a text, a number, a variable or (an expression)"},
        {"src.a as v -> tgt.b = %v;",
         "m.map:5:23: found '%', expected a text, a number or a variable; an expression stands in "
         "parentheses"},
        {"src.a as v -> tgt.b = (v;", "m.map:5:25: found ';', expected ')'"},
        {"src.a as v -> tgt.b = 'x;",
         "m.map:5:23: found a quote that is not closed in its line, expected a "
         "text, a number, a variable or (an expression)"},
        {"src.a as v then g v;",
         "m.map:5:19: found 'v', expected '(' and the parameters of the "
         "group"},
        {"src.a 1.. as v -> tgt.b = v;", "m.map:5:11: found 'as', expected a count, as in 0..1"},
        {"é -> tgt.b = 'x';", "m.map:5:1: found 'é', expected a source, as in src.element"},
    };
    for (const auto& [rules, expected] : all) EXPECT_THAT(ofRules(rules), ElementsAre(expected));
}

TEST_F(FmlMistakes, EveryMistakeOfAMapIsFound) {
    EXPECT_THAT(ofRules("src.a as -> tgt.b;\n"
                        "src.b as v -> tgt.c = v;\n"
                        "src.c as c then { c.x as x -> tgt.y = w; c.y as -> tgt.z; } \"c\";\n"
                        "src.d as v -> tgt.e = translat(v);"),
                ElementsAre(HasSubstr("m.map:5:10:"), HasSubstr("m.map:7:49:"),
                            HasSubstr("m.map:7:39: found 'w'"),
                            HasSubstr("m.map:8:23: found transform 'translat', expected one that "
                                      "exists (FHIRPath stands in parentheses: = (translat(…))); "
                                      "did you mean 'translate'?")));
}

TEST_F(FmlMistakes, ABraceThatIsNotClosedNamesItsLine) {
    EXPECT_THAT(ofRules("src.a as a then {\n  a.b as b -> tgt.b = b;"),
                ElementsAre("m.map:8:1: found the end of the file, expected '}' that closes line "
                            "4"));
    EXPECT_THAT(
        ofRules("src.a as a then {\n  a.b as b -> tgt.b = b;\n"
                "}\ngroup g(source s, target t) { s -> t.x = 'x';"),
        ElementsAre(HasSubstr("m.map:8:1: found 'group', expected '}' that closes line 4")));
}

TEST_F(FmlMistakes, Declarations) {
    const std::string group = "group m(source src, target tgt : T) { src -> tgt.a = 'a'; }";
    const std::pair<std::string, const char*> all[] = {
        {"use 'urn:x' as source\n" + group,
         "m.map:1:1: found 'use', expected 'uses', 'imports', 'conceptmap', 'let' or 'group'; did "
         "you mean 'uses'?"},
        {"uses 'urn:x' as origin\n" + group,
         "m.map:1:17: found 'origin', expected 'source', 'queried', 'target' or 'produced'"},
        {"uses urn as source\n" + group,
         "m.map:1:6: found 'urn', expected the url of a structure "
         "in quotes"},
        {"group m(src, target tgt : T) { src -> tgt.a = 'a'; }",
         "m.map:1:9: found 'src', expected 'source' or 'target'"},
        {"conceptmap 'x' { prefix s = 'urn:s' t:a == s:b }\n" + group,
         "m.map:1:37: found 't', expected a prefix that the table declares"},
        {"imports 'urn:none'\n" + group,
         "m.map:1:9: found import \"urn:none\", expected the url or name of a map"},
        {"", "m.map:1:1: found no group, expected at least one"},
    };
    for (const auto& [map, expected] : all) EXPECT_THAT(findingsOf(map), Contains(expected)) << map;
}

TEST_F(FmlMistakes, NamesThatNothingHas) {
    EXPECT_THAT(ofRules("srk.a as v -> tgt.b = v;"),
                ElementsAre("m.map:5:1: found 'srk', expected a variable that the rule knows; did "
                            "you mean 'src'?"));
    EXPECT_THAT(ofRules("src.a as v -> src.b = v;"),
                ElementsAre(HasSubstr("m.map:5:15: found 'src', which is no target")));
    EXPECT_THAT(ofRules("src.a as v then grup(v, tgt);\n}\ngroup group2(source s, target t) {"),
                ElementsAre(HasSubstr("m.map:5:17: found group 'grup', expected a group of this "
                                      "map or its imports")));
    EXPECT_THAT(ofRules("src.a as v then g(v);\n}\ngroup g(source s, target t) {"),
                ElementsAre("m.map:5:17: found group 'g' with 1 parameters, expected 2: g(source "
                            "s, target t)"));
    EXPECT_THAT(ofRules("src.a as v then g(tgt, v);\n}\ngroup g(source s, target t) {"),
                ElementsAre(HasSubstr("m.map:5:24: found 'v', which is no target")));
    EXPECT_THAT(ofRules("src.a as v then g(v, 'x');\n}\ngroup g(source s, target t) {"),
                ElementsAre(HasSubstr("found a value for target 't'")));
    EXPECT_THAT(ofRules("src -> tgt.a = 'a';\n}\ngroup g(source s, target t) extends h {"),
                ElementsAre(HasSubstr("m.map:7:37: found group 'h'")));
    EXPECT_THAT(ofRules("src.a as v -> tgt.b = (%w);"), ElementsAre(HasSubstr("m.map:5:24:")));
    // A variable ends with its rule.
    EXPECT_THAT(ofRules("src.a as v -> tgt.b = v;\nsrc -> tgt.c = v;"),
                ElementsAre(HasSubstr("m.map:6:16: found 'v'")));
}

TEST_F(FmlMistakes, ElementsThatTheModelDoesNotHave) {
    EXPECT_THAT(ofPatient("src.b as v -> tgt.birthdate = v;"),
                ElementsAre("m.map:5:19: found element 'birthdate', expected one of Patient; did "
                            "you mean 'birthDate'?"));
    EXPECT_THAT(ofPatient("src.b as v -> tgt.name as n, n.familly = v;"),
                ElementsAre("m.map:5:32: found element 'familly', expected one of HumanName; did "
                            "you mean 'family'?"));
    EXPECT_THAT(findingsOf("uses \"http://hl7.org/fhir/StructureDefinition/Patient\" alias P as "
                           "source\n"
                           "group m(source src : P, target tgt : T) {\n"
                           "  src.name as n, n.givn as g -> tgt.x = g;\n}"),
                ElementsAre(HasSubstr("m.map:3:20: found element 'givn', expected one of HumanName"
                                      "; did you mean 'given'?")));
    EXPECT_THAT(findingsOf("uses \"http://hl7.org/fhir/StructureDefinition/Pattient\" as target\n"
                           "group m(source src, target tgt : Pattient) {}"),
                ElementsAre("m.map:1:6: found structure 'Pattient', expected one of model r4; did "
                            "you mean 'Patient'?"));
    // A profile or logical model that is not there leaves its tree untyped.
    EXPECT_THAT(findingsOf("uses \"http://hl7.org/fhir/StructureDefinition/tutorial-left\" alias L "
                           "as source\n"
                           "group m(source src : L, target tgt : T) { src.a as a -> tgt.b = a; }"),
                ElementsAre(HasSubstr("m.map:1:6: structure 'tutorial-left' is in no model")));
    EXPECT_THAT(ofPatient("src -> tgt.name as n then g(src, n);\n}\n"
                          "group g(source s, target t : HumanNam) {"),
                ElementsAre("m.map:7:30: found type 'HumanNam', expected an alias or a type of "
                            "model r4; did you mean 'HumanName'?"));
    EXPECT_THAT(ofPatient("src -> tgt.name as n then g(src, n);\n}\n"
                          "group g(source s, target t : Address) {"),
                ElementsAre("m.map:5:34: found 'n' of type HumanName, expected Address"));
    EXPECT_THAT(ofPatient("src -> tgt.deceased = create('Quantity') as q;"),
                ElementsAre("m.map:5:30: found type 'Quantity', expected boolean or dateTime for "
                            "element 'deceased'"));
    EXPECT_THAT(ofPatient("src -> tgt.contained = create('Patiant') as q;"),
                ElementsAre(HasSubstr("m.map:5:31: found type 'Patiant'")));
    EXPECT_THAT(ofPatient("src -> tgt.name.famly = 'x';"),
                ElementsAre("m.map:5:17: found element 'famly', expected one of HumanName; did you "
                            "mean 'family'?"));
}

TEST_F(FmlMistakes, ConstantsThatTheirTypeCannotHold) {
    for (const char* const wrong : {"2026-13-01", "2026-02-00", "01/02/2026"})
        EXPECT_THAT(ofPatient("src -> tgt.birthDate = '" + std::string(wrong) + "';"),
                    ElementsAre("m.map:5:24: found '" + std::string(wrong) +
                                "' for 'birthDate', expected a value of type date"));
    EXPECT_THAT(ofPatient("src -> tgt.meta as m, m.lastUpdated = '2026-01-05T25:00:00Z';"),
                ElementsAre(HasSubstr("expected a value of type instant")));
    EXPECT_THAT(ofPatient("src -> tgt.birthDate = '2026-12-31';"), IsEmpty());
}

TEST_F(FmlMistakes, Transforms) {
    const std::pair<const char*, const char*> all[] = {
        {"src.a as v -> tgt.b = truncate(v);",
         "m.map:5:23: found 'truncate' with 1 parameters, expected truncate(value, length)"},
        {"src.a as v -> tgt.b = truncate(v, 'x');",
         "m.map:5:35: found 'x', expected a number of characters"},
        {"src.a as v -> create('X') as x;",
         "m.map:5:15: found 'create' without a target, expected tgt.element = create('Type')"},
        {"src.a as v -> tgt.b = dateOp(v);",
         "m.map:5:23: found transform 'dateOp', which the specification leaves undefined, expected "
         "an expression in parentheses, as in = (v + 1 day)"},
        {"src.a as v -> tgt.b = cast(v, 'strin');",
         "m.map:5:31: found type 'strin', expected a primitive type; did you mean 'string'?"},
        {"src.a as v -> tgt.b = translate(v, 'none', 'code');",
         "m.map:5:36: found table 'none', expected the name or url of a table"},
        {"src.a as v -> tgt.b = translate(v, '#none', 'code');",
         "m.map:5:36: found table '#none', expected a conceptmap of this map"},
        {"src.a as v -> tgt.b = now();",
         "m.map:5:23: found transform 'now', expected one that exists (FHIRPath stands in "
         "parentheses: = (now(…)))"},
    };
    for (const auto& [rules, expected] : all) EXPECT_THAT(ofRules(rules), ElementsAre(expected));
}

TEST_F(FmlMistakes, ExpressionsNameTheirPlaceInTheMap) {
    // A bracket that is not closed is told where the rule goes on, not at the end of the file.
    EXPECT_THAT(ofRules("src.a as v where (v = 'x' -> tgt.b = v;\nsrc.c as v -> tgt.c = v;"),
                ElementsAre("m.map:5:27: found '->', expected ')'"));
    EXPECT_THAT(ofRules("src.a as v -> tgt.b = (v & 'x';\nsrc.c as v -> tgt.c = v;"),
                ElementsAre("m.map:5:31: found ';', expected ')'"));
    EXPECT_THAT(ofRules("src.a as v\n  where (v.lenght() > 1) -> tgt.b = v;"),
                ElementsAre(testing::StartsWith("m.map:6:")));
    EXPECT_THAT(ofRules("src.a as v -> tgt.b = (v + );"),
                ElementsAre(testing::StartsWith("m.map:5:")));
}

TEST_F(FmlMistakes, RecursionThatCannotEnd) {
    EXPECT_THAT(ofRules("src then a(src, tgt);\n}\n"
                        "group a(source s, target t) { s then b(s, t); }\n"
                        "group b(source s, target t) { s then a(s, t);"),
                ElementsAre(HasSubstr("found group 'b' called without end")));
    // With one step down it ends where the source does.
    EXPECT_THAT(ofRules("src then a(src, tgt);\n}\n"
                        "group a(source s, target t) { s.item as i then a(i, t);"),
                IsEmpty());
}

TEST_F(FmlMistakes, TheFirstGroupSaysWhatIsMade) {
    EXPECT_THAT(findingsOf("group m(source src, target tgt) { src -> tgt.a = 'a'; }"),
                ElementsAre(HasSubstr("m.map:1:7: found target 'tgt' without a type")));
    EXPECT_THAT(findingsOf("group m(source a, source b, target t : T) { a -> t.a = 'a'; }"),
                ElementsAre(HasSubstr("m.map:1:7: found a first group with 2 sources and 1 "
                                      "targets")));
    EXPECT_THAT(findingsOf("group m(source a, target t : T) { a -> t.a = 'a'; }\n"
                           "group m(source a, target t : T) { a -> t.a = 'a'; }"),
                ElementsAre(HasSubstr("m.map:2:7: found group 'm' a second time")));
}

TEST_F(FmlMistakes, DeepNestingIsRefused) {
    std::string rules;
    for (int i = 0; i < 2000; ++i) rules += "src then {\n";
    EXPECT_THAT(ofRules(rules), testing::Not(IsEmpty()));
    EXPECT_THAT(ofRules("src.a as v -> tgt.b = " + std::string(100'000, '(') + ";"), SizeIs(1));
}

TEST_F(FmlMistakes, AMissingFile) {
    compileFile(library_ + "/none.map");
    EXPECT_THAT(findings(), ElementsAre("none.map: found no readable file, expected a map"));
}

}  // namespace
