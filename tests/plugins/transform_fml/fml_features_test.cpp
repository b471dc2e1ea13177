// One test for each feature of the language, written from HL7's specification (R5, and the mapping
// language guide that continues it).
#include "fml_maps.h"

namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FmlFeatures : public FmlMaps {
protected:
    /// What `rule` makes of {"a":…}.
    std::string of(const std::string& rules, const std::string& json) {
        return toJson(plain(rules), json);
    }
    /// What the rules make in one Extension or other element of a FHIR type.
    std::string inPatient(const std::string& rules, const std::string& json = "{}") {
        const std::string all = toFhir(typed("Patient", rules), json);
        const std::string head = R"({"resourceType":"Patient",)";
        return all.substr(0, head.size()) == head ? "{" + all.substr(head.size()) : all;
    }
    const std::string patients =
        "uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias From as source\n"
        "uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as target\n"
        "group m(source src : From, target tgt : Patient) {\n";
};

// ---- transforms ----

TEST_F(FmlFeatures, Create) {
    EXPECT_EQ(R"({"contained":[{"resourceType":"Organization","name":"x"}]})",
              inPatient("src -> tgt.contained = create('Organization') as o, o.name = 'x';"));
    EXPECT_EQ(R"({"contact":[{"gender":"other"}]})",
              inPatient("src -> tgt.contact = create('Patient.contact') as c, c.gender = "
                        "'other';"));
    EXPECT_EQ(R"({"name":[{"text":"x"}]})",
              inPatient("src -> tgt.name = create() as n, n.text = 'x';"));
}

TEST_F(FmlFeatures, Copy) {
    EXPECT_EQ(R"({"b":"x","c":"x"})",
              of("src.a as v -> tgt.b = v, tgt.c = copy(v);", R"({"a":"x"})"));
}

TEST_F(FmlFeatures, TranslateByUrlByTableFileAndInline) {
    file("tables/letters.csv",
         "# url: https://example.org/ConceptMap/letters\nsource,target\na,alpha\n");
    const std::string inside =
        "conceptmap \"#greek\" {\n  prefix s = 'urn:s'\n  prefix t = 'urn:t'\n  s:a==t:alpha\n"
        "  s:b - t:\"beta\" // or so\n}\n";
    for (const char* const table : {"letters", "https://example.org/ConceptMap/letters", "#greek"})
        EXPECT_EQ(R"({"b":"alpha"})", toJson(inside + plain("src.a as v -> tgt.b = translate(v, '" +
                                                            std::string(table) + "', 'code');"),
                                             R"({"a":"a"})"))
            << table;
}

TEST_F(FmlFeatures, Append) {
    EXPECT_EQ(R"({"b":"Ann EXEMPLE"})",
              of("src.g as g, src.f as f -> tgt.b = append(g, ' ', f.upper());",
                 R"({"g":"Ann","f":"Exemple"})"));
}

TEST_F(FmlFeatures, UuidIsSeeded) {
    const std::string once = of("src -> tgt.b = uuid();", "{}");
    EXPECT_EQ(once, of("src -> tgt.b = uuid();", "{}"));
    context_.seed = "other";
    EXPECT_NE(once, of("src -> tgt.b = uuid();", "{}"));
}

TEST_F(FmlFeatures, FhirPathInParentheses) {
    EXPECT_EQ(R"({"b":6,"c":["x","y"]})", of("src.a as a -> tgt.b = (a.n * 2), tgt.c = (a.v);",
                                             R"({"a":{"n":3,"v":["x","y"]}})"));
}

TEST_F(FmlFeatures, Evaluate) {
    // The expression stands as it is; in quotes it is understood too.
    EXPECT_EQ(R"({"b":2,"c":"X, Y","d":2})",
              of("src.a as a -> tgt.b = evaluate(a, v.count()), "
                 "tgt.c = evaluate(a, v.select(upper()).join(', ')), "
                 "tgt.d = evaluate(a, 'v.count()');",
                 R"({"a":{"v":["x","y"]}})"));
    inPatient("src.a as a -> tgt.gender = evaluate(a, v); src -> tgt.active = true;",
              R"({"a":{"v":["x","y"]}})");
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("gave 2 values for 'gender', which stands once")));
}

TEST_F(FmlFeatures, Cast) {
    EXPECT_EQ(R"({"b":12,"e":"12","c":true,"d":1.50})",
              of("src.n as v -> tgt.b = cast(v, 'integer'), tgt.e = cast(v, 'string');\n"
                 "src.t as v -> tgt.c = cast(v, \"boolean\");\n"
                 "src.d as v -> tgt.d = cast(v, 'FHIR.decimal');",
                 R"({"n":"12","t":"true","d":"1.50"})"));
    // Without a type: to the one that the element has.
    EXPECT_EQ(R"({"active":true})",
              inPatient("src.a as v -> tgt.active = cast(v);", R"({"a":"true"})"));
}

TEST_F(FmlFeatures, Truncate) {
    EXPECT_EQ(R"({"b":"été"})", of("src.a as v -> tgt.b = truncate(v, 3);", R"({"a":"été 2025"})"));
}

TEST_F(FmlFeatures, Escape) {
    EXPECT_EQ(R"({"b":"a &amp; b","c":"a & b","d":"x\\n"})",
              of("src.a as v -> tgt.b = escape(v, 'plain', 'xml');\n"
                 "src.x as v -> tgt.c = escape(v, 'html', 'plain');\n"
                 "src.n as v -> tgt.d = escape(v, 'plain', 'json');",
                 R"({"a":"a & b","x":"a &amp; b","n":"x\n"})"));
    EXPECT_THAT(findingsOf(plain("src.a as v -> tgt.b = escape(v, 'plain', 'xlm');")),
                ElementsAre(HasSubstr("found 'xlm', expected 'plain', 'java', 'json', 'xml' or "
                                      "'html'; did you mean 'xml'?")));
}

TEST_F(FmlFeatures, DatesOfOtherFormats) {
    EXPECT_EQ(R"({"b":"1948-03-09","c":"2025-01-31T08:05:00+01:00","d":"08:05:00","e":"1948-03"})",
              of("src.a as v -> tgt.b = toDate(v, 'dd/MM/yyyy');\n"
                 "src.t as v -> tgt.c = toDateTime(v, 'yyyyMMddHHmm');\n"
                 "src.h as v -> tgt.d = toTime(v, 'hh:mm a');\n"
                 "src.m as v -> tgt.e = toDate(v, 'MMMM yyyy');",
                 R"({"a":"09/03/1948","t":"202501310805","h":"08:05 AM","m":"mars 1948"})"));
    EXPECT_EQ(R"({"b":"1970-01-02T00:00:00Z","c":"1970-01-02"})",
              of("src.a as v -> tgt.b = unixToDateTime(v), tgt.c = unixToDate(v, '+02:00');",
                 R"({"a":86400})"));
    of("src.a as v -> tgt.b = toDate(v, 'dd/MM/yyyy'); src -> tgt.k = 'k';",
       R"({"a":"31/02/2025"})");
    EXPECT_THAT(
        issues(),
        ElementsAre("error /a m.map:5:1: found a value that is no date: write it as dd/MM/yyyy"));
}

TEST_F(FmlFeatures, Cc) {
    EXPECT_EQ(R"({"maritalStatus":{"coding":[{"system":"urn:s","code":"M","display":"married"}]}})",
              inPatient("src -> tgt.maritalStatus = cc('urn:s', 'M', 'married');"));
    EXPECT_EQ(R"({"maritalStatus":{"text":"married"}})",
              inPatient("src.a as v -> tgt.maritalStatus = cc(v);", R"({"a":"married"})"));
}

TEST_F(FmlFeatures, C) {
    EXPECT_EQ(R"({"meta":{"tag":[{"system":"urn:s","code":"t"}]}})",
              inPatient("src -> tgt.meta.tag = c('urn:s', 't');"));
}

TEST_F(FmlFeatures, Id) {
    EXPECT_EQ(R"({"identifier":[{"type":{"coding":[{"system":)"
              R"("http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},)"
              R"("system":"urn:s","value":"1"}]})",
              inPatient("src -> tgt.identifier = id('urn:s', '1', 'MR');"));
}

TEST_F(FmlFeatures, Cp) {
    EXPECT_EQ(R"({"telecom":[{"system":"phone","value":"05 00"},{"system":"email",)"
              R"("value":"a@b.example"},{"system":"url","value":"https://b.example"},)"
              R"({"system":"fax","value":"1"}]})",
              inPatient("src -> tgt.telecom = cp('05 00'), tgt.telecom = cp('a@b.example'), "
                        "tgt.telecom = cp('https://b.example'), tgt.telecom = cp('fax', '1');"));
}

TEST_F(FmlFeatures, Qty) {
    const auto made = [&](const std::string& call) {
        return inPatient("src -> tgt.extension as x, x.value = " + call + ";");
    };
    EXPECT_EQ(R"({"extension":[{"valueQuantity":{"value":5.5,"unit":"mg","system":"urn:u",)"
              R"("code":"mg"}}]})",
              made("qty(5.5, 'mg', 'urn:u', 'mg')"));
    EXPECT_EQ(R"({"extension":[{"valueQuantity":{"value":5.5,"comparator":"<","unit":"mg"}}]})",
              made("qty('<5.5 mg')"));
    inPatient("src -> tgt.active = true, tgt.extension as x, x.value = qty('much');");
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("found a value that is no Quantity")));
}

TEST_F(FmlFeatures, ReferenceAndPointer) {
    const std::string contained =
        "src -> tgt.contained = create('Organization') as o, o.id = '7b', ";
    EXPECT_THAT(inPatient(contained + "tgt.managingOrganization as r, r.reference = reference(o);"),
                HasSubstr(R"("managingOrganization":{"reference":"Organization/7b"})"));
    EXPECT_THAT(inPatient(contained + "tgt.managingOrganization as r, r.reference = pointer(o);"),
                HasSubstr(R"({"reference":"urn:uuid:7b"})"));
    // Of an element that is a Reference, it is the reference.
    EXPECT_THAT(inPatient(contained + "tgt.managingOrganization = reference(o);"),
                HasSubstr(R"("managingOrganization":{"reference":"Organization/7b"})"));
}

// ---- sources ----

TEST_F(FmlFeatures, SourceTypeFilter) {
    const std::string map = patients +
                            "  src.extension as x, x.value : string as v -> tgt.gender = 'male';\n"
                            "  src.deceased : dateTime as v -> tgt.active = true;\n}";
    EXPECT_EQ(R"({"resourceType":"Patient","active":true})",
              fhirToFhir(map, R"({"resourceType":"Patient","deceasedDateTime":"2025-01-31",)"
                              R"("extension":[{"url":"u","valueCode":"x"}]})"));
}

TEST_F(FmlFeatures, Where) {
    const std::string in = R"({"a":[{"k":"x","v":"1"},{"k":"y","v":"2"}]})";
    for (const char* const where :
         {"where (k = 'y')", "where k = 'y'", "where \"k = 'y'\"", "where a.k = \"y\""})
        EXPECT_EQ(R"({"b":"2"})", of("src.a as a " + std::string(where) + " -> tgt.b = (a.v);", in))
            << where;
}

TEST_F(FmlFeatures, Check) {
    EXPECT_EQ(R"({"k":"k"})", of("src.a as v check ($this.length() < 3) -> tgt.b = v \"short\";\n"
                                 "src -> tgt.k = 'k';",
                                 R"({"a":"long"})"));
    EXPECT_THAT(issues(), ElementsAre("error /a m.map:5:1 short: a check failed: short"));
}

TEST_F(FmlFeatures, Log) {
    of("src.a as v log ('not mapped yet') -> tgt.b = v;", R"({"a":"x"})");
    EXPECT_THAT(issues(), ElementsAre("information /a m.map:5:1: not mapped yet"));
    // An expression logs when it finds something.
    of("src.a as v log (v.b) -> tgt.b = 'x';", R"({"a":{"c":"x"}})");
    EXPECT_THAT(issues(), IsEmpty());
}

TEST_F(FmlFeatures, DefaultIsUsedOnce) {
    EXPECT_EQ(R"({"b":"none"})", of("src.a default ('none') as v -> tgt.b = v;", "{}"));
    EXPECT_EQ(R"({"b":"it's"})", of("src.a default \"it's\" as v -> tgt.b = v;", "{}"));
}

TEST_F(FmlFeatures, SourceCardinality) {
    EXPECT_EQ(R"({"k":"k"})",
              of("src.a 1..1 as v -> tgt.b = v; src -> tgt.k = 'k';", R"({"a":["1","2"]})"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("found 'a' 2 times, expected 1..1")));
    EXPECT_THAT(findingsOf(plain("src.a 2..1 as v -> tgt.b = v;")),
                ElementsAre(HasSubstr("expected a count whose second number is not below")));
}

TEST_F(FmlFeatures, SourceListModes) {
    const auto with = [&](const std::string& mode) {
        return of("src.a " + mode + " as v -> tgt.b = v; src -> tgt.k = 'k';",
                  R"({"a":["1","2","3"]})");
    };
    EXPECT_EQ(R"({"b":"1","k":"k"})", with("first"));
    EXPECT_EQ(R"({"b":["2","3"],"k":"k"})", with("not_first"));
    EXPECT_EQ(R"({"b":"3","k":"k"})", with("last"));
    EXPECT_EQ(R"({"b":["1","2"],"k":"k"})", with("not_last"));
    EXPECT_EQ(R"({"k":"k"})", with("only_one"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("expected only one")));
}

// ---- targets ----

TEST_F(FmlFeatures, TargetListModeFirstAndLast) {
    EXPECT_EQ(R"({"name":[{"given":["1","2","3","4"]}]})",
              inPatient("src -> tgt.name as n then {\n"
                        "  src.z as v -> n.given = v last;\n"
                        "  src.b as v -> n.given = v;\n"
                        "  src.a as v -> n.given = v first;\n};",
                        R"({"a":"1","b":["2","3"],"z":"4"})"));
    inPatient(
        "src -> tgt.name as n then { src -> n.given = 'a' first; src -> n.given = 'b' "
        "first; };");
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("another rule has said 'first' of 'given'")));
}

TEST_F(FmlFeatures, TargetListModeShare) {
    EXPECT_EQ(R"({"name":[{"family":"EXEMPLE","text":"x"}]})",
              inPatient("src.f as v -> tgt.name as n share one then { v -> n.family = v; };\n"
                        "src.t as v -> tgt.name as n share one then { v -> n.text = v; };",
                        R"({"f":"EXEMPLE","t":"x"})"));
}

TEST_F(FmlFeatures, TargetListModeSingleAndCollateReuseTheFirst) {
    for (const char* const mode : {"single", "collate"})
        EXPECT_EQ(R"({"name":[{"family":"EXEMPLE","given":["A","B"]}]})",
                  inPatient("src -> tgt.name as n, n.family = 'EXEMPLE';\n"
                            "src.g as v -> tgt.name as n " +
                                std::string(mode) + ", n.given = v;",
                            R"({"g":["A","B"]})"))
            << mode;
}

TEST_F(FmlFeatures, BatchTargets) {
    EXPECT_EQ(R"({"b":"x","c":"x","d":"y"})",
              of("src.a as v -> tgt.b = v, tgt.c = v, ('y') as y, tgt.d = y;", R"({"a":"x"})"));
    EXPECT_EQ(R"({"a":"1","b":["2","3"]})",
              of("src -> tgt : a, b;", R"({"a":"1","b":["2","3"],"c":"4"})"));
}

TEST_F(FmlFeatures, SubElementsOfTargets) {
    EXPECT_EQ(R"({"maritalStatus":{"text":"x","coding":[{"code":"M"}]}})",
              inPatient("src -> tgt.maritalStatus.text = 'x';\n"
                        "src -> tgt.maritalStatus.coding.code = 'M';"));
    EXPECT_EQ(R"({"o":{"x":"1"}})", of("src.a -> tgt.o.x;", R"({"a":"1"})"));
}

TEST_F(FmlFeatures, TransformsWithoutAPlace) {
    EXPECT_EQ(R"({"b":"ab"})", of("src -> append('a', 'b') as v, tgt.b = (%v);", "{}"));
}

// ---- groups ----

TEST_F(FmlFeatures, ExtendsGoesByTheNamesOfParameters) {
    EXPECT_EQ(R"({"base":"1","own":"x1"})",
              of("src -> tgt then g(tgt, src, 'x');\n}\n"
                 "group base(source s, target t) { s.a as v, s.a as w -> t.base = v; }\n"
                 "group g(target t, source s, source more) extends base {\n"
                 "  s.a as v -> t.own = append(more, v);",
                 R"({"a":"1"})"));
}

TEST_F(FmlFeatures, DefaultGroupsOfTypes) {
    const std::string in = R"({"resourceType":"Patient","name":[{"family":"X","use":"usual"}]})";
    EXPECT_EQ(R"({"resourceType":"Patient","name":[{"family":"X"}]})",
              fhirToFhir(patients + "  src.name -> tgt.name;\n}\n"
                                    "group n(source s : HumanName, target t : HumanName) "
                                    "<<types>> { s.family -> t.family; }",
                         in));
}

TEST_F(FmlFeatures, DefaultGroupsOfASourceTypeWhateverTheTarget) {
    const std::string map =
        patients +
        "  src.extension as x -> tgt.extension as y, y.url = 'u' then { x.value -> y.value; };\n}\n"
        "group n(source s : Period, target t : Range) <<type+>> { s -> t.low as q, q.value = 1; }";
    EXPECT_EQ(R"({"resourceType":"Patient","extension":[{"url":"u","valueRange":{"low":)"
              R"({"value":1}}}]})",
              fhirToFhir(map, R"({"resourceType":"Patient","extension":[{"url":"u",)"
                              R"("valuePeriod":{"start":"2025"}}]})"));
}

TEST_F(FmlFeatures, AChoiceWithTwoDefaultGroupsIsAmbiguous) {
    EXPECT_THAT(
        findingsOf("uses 'http://hl7.org/fhir/StructureDefinition/Period' alias P as source\n"
                   "uses 'http://hl7.org/fhir/StructureDefinition/Extension' alias E as target\n"
                   "group m(source src, target tgt : E) { src.p : P -> tgt.value; src -> tgt.url = "
                   "'u'; }\n"
                   "group a(source s : P, target t : Range) <<type+>> { s -> t.id = 'a'; }\n"
                   "group b(source s : P, target t : Ratio) <<type+>> { s -> t.id = 'b'; }"),
        ElementsAre(HasSubstr("m.map:3:39: found two default groups for Period, 'a' and 'b'")));
}

TEST_F(FmlFeatures, MoreThanTwoParameters) {
    EXPECT_EQ(R"({"p":{"c":"1"},"b":"1-2-z"})",
              of("src.a as a, src.b as b -> tgt.p as p then g(a, b, 'z', tgt, p);\n}\n"
                 "group g(source a, source b, source z, target t, target p) {\n"
                 "  a -> t.b = append(a, '-', b, '-', z), p.c = a;",
                 R"({"a":"1","b":"2"})"));
}

TEST_F(FmlFeatures, ImportsWithWildcards) {
    file("x/one.map",
         "map 'urn:maps/one' = 'one'\ngroup one(source s, target t) { s -> t.x = '1'; }");
    file("x/two.map",
         "map 'urn:maps/two' = 'two'\ngroup two(source s, target t) { s -> t.y = '2'; }");
    EXPECT_EQ(
        R"({"x":"1","y":"2"})",
        toJson("map 'urn:m' = m\nuses 'urn:out' alias Out as target\nimports 'urn:maps/*'\n"
               "group m(source src, target tgt : Out) { src then one(src, tgt), two(src, tgt); "
               "}",
               "{}"));
}

TEST_F(FmlFeatures, LetMayNameOtherConstantsInAnyOrder) {
    EXPECT_EQ(R"({"b":"oid.1"})",
              toJson("map 'urn:m' = m\nuses 'urn:out' alias Out as target\n"
                     "let all = base & '1';\nlet base = 'oid.';\n"
                     "group m(source src, target tgt : Out) { src -> tgt.b = all; }",
                     "{}"));
    EXPECT_THAT(findingsOf("map 'urn:m' = m\nuses 'urn:out' alias Out as target\n"
                           "let a = b & 'x';\nlet b = a;\n"
                           "group m(source src, target tgt : Out) { src -> tgt.b = a; }"),
                ElementsAre(HasSubstr("m.map:3:5: found constant 'a' that needs itself")));
}

TEST_F(FmlFeatures, DependentGroupsAndBlocks) {
    EXPECT_EQ(R"({"o":{"x":"1","y":"1","z":"1"}})",
              of("src.a as a -> tgt.o as o then g(a, o), h(a, o) { a -> o.z = a; } \"all\";\n}\n"
                 "group g(source a, target o) { a -> o.x = a; }\n"
                 "group h(source a, target o) { a -> o.y = a;",
                 R"({"a":"1"})"));
}

TEST_F(FmlFeatures, ContextValuesWithAndWithoutBackQuotes) {
    context_.set("control-id", "A1");
    EXPECT_EQ(R"({"a":"A1","b":"A1"})",
              of("src -> tgt.a = (%`context-control-id`), tgt.b = (%context-control-id);", "{}"));
    EXPECT_THAT(findingsOf(plain("src -> tgt.a = (%context-control_id);")),
                ElementsAre(HasSubstr("m.map:5:17: found %context-control_id")));
    EXPECT_FALSE(findings_.failed());
}

// ---- spellings ----

TEST_F(FmlFeatures, TheSpellingOfR3) {
    EXPECT_EQ(R"({"b":"1","c":"x","d":"2","k":"K"})",
              toJson("map \"urn:m\" = \"an old map\"\n"
                     "uses \"urn:out\" as target\n"
                     "group for types Begin\n"
                     "  input src : In as source;\n"
                     "  input tgt : Out as target\n\n"
                     "first.rule: for src.a as v make tgt.b = v // a comment\n"
                     "with.default: for src.none default \"x\" as v make tgt.c = v\n"
                     "within: for src.o as o where p = '2' then {\n"
                     "  inner: for o.p as p make tgt.d = p\n"
                     "  more: for o.none as p make tgt.e = p\n"
                     "}\n"
                     "calls: for src then Other(src, tgt)\n"
                     "endgroup\n\n"
                     "group Other\n  input s as source\n  input t as target\n"
                     "k: for s.k as k make t.k = evaluate(k, upper())\n"
                     "endgroup\n",
                     R"({"a":"1","o":[{"p":"1"},{"p":"2"}],"k":"k"})"));
    EXPECT_THAT(findingsOf("map \"urn:m\" = \"m\"\ngroup G\n  input s as source\n  input t : T as "
                           "target\n a: for s.a as v make t.b = v extra\nb: for s.b as w make t.c "
                           "= w\nendgroup"),
                ElementsAre(HasSubstr("m.map:5:31: found 'extra'")));
}

TEST_F(FmlFeatures, RuleNamesBeforeAndAfterAndWithoutQuotes) {
    EXPECT_EQ(R"({"a":"1","b":"1","c":"1","d":"1"})",
              of("src.a as v -> tgt.a = v \"before\" then { v -> tgt.b = v \"in\"; };\n"
                 "src.a as v -> tgt.c = v then { v -> tgt.d = v bare; } \"after\"; // end",
                 R"({"a":"1"})"));
    EXPECT_THAT(findingsOf(plain("src.a as v -> tgt.b = v firts;")),
                ElementsAre(HasSubstr("found 'firts', expected ';'; did you mean 'first'?")));
}

TEST_F(FmlFeatures, WhiteSpaceOfWordProcessors) {
    EXPECT_EQ(R"({"b":"1"})", of("src.a\xC2\xA0"
                                 "as v -> tgt.b\xE2\x80\xAF= v;",
                                 R"({"a":"1"})"));
}

TEST_F(FmlFeatures, MetadataIsKnown) {
    const auto map = compileFile(
        file("m.map",
             "/// url = 'urn:m'\n/// name = 'm'\n/// title = 'A map'\n/// status = draft\n"
             "/// on-error = \"deliver\"\n/// reverse = 'back'\n"
             "uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias P as target\n"
             "group m(source src : In, target tgt : P) { src.n -> tgt.name; }"));
    ASSERT_TRUE(map);
    const gateway::MapFacts& facts = map->facts();
    EXPECT_EQ("urn:m m A map back",
              facts.url + " " + facts.name + " " + facts.title + " " + facts.reverse);
    EXPECT_EQ("In Patient", facts.sourceType + " " + facts.targetType);
    EXPECT_EQ(fhir_->model(), facts.targetModel);
    EXPECT_EQ(nullptr, facts.sourceModel);
    EXPECT_TRUE(facts.deliversWithErrors);
    EXPECT_THAT(findingsOf("/// on-error = 'delivr'\ngroup m(source s, target t : T) { s -> t.a = "
                           "'a'; }"),
                ElementsAre(HasSubstr("m.map:1:1: found on-error 'delivr', expected 'hold' or "
                                      "'deliver'; did you mean 'deliver'?")));
}

}  // namespace
