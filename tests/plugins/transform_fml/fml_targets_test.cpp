// Transforms, list modes of targets, FHIR types: what is made.
#include "fml_maps.h"

namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

class FmlTargets : public FmlMaps {};

TEST_F(FmlTargets, LiteralsKeepTheirKind) {
    EXPECT_EQ(R"({"a":"x","b":"y","c":1.50,"d":true,"e":-3})",
              toJson(plain("src -> tgt.a = 'x', tgt.b = \"y\", tgt.c = 1.50, tgt.d = true, "
                           "tgt.e = -3;"),
                     "{}"));
}

TEST_F(FmlTargets, CopiesKeepTheTextAndTheKind) {
    EXPECT_EQ(R"({"b":[1.00,"1.00",true],"o":{"x":[1],"y":{"z":null}}})",
              toJson(plain("src.a as v -> tgt.b = v; src.o as v -> tgt.o = v;"),
                     R"({"a":[1.00,"1.00",true],"o":{"x":[1],"y":{"z":null}}})"));
}

TEST_F(FmlTargets, AResourceSaysItsTypeThoughWhatHoldsItSaysNone) {
    gateway::Builder tree("in");
    const auto entry = tree.add(tree.root(), "entry");
    tree.text(tree.add(entry, "fullUrl"), "urn:x");
    const auto resource = tree.add(entry, "resource");
    tree.type(resource, tree.intern("Appointment"));
    tree.text(tree.add(resource, "status"), "cancelled");
    EXPECT_THAT(encode(*fhir_, transform(typed("Bundle", "src.entry as e -> tgt.entry = e;"),
                                         tree.finish())),
                testing::HasSubstr(R"({"resourceType":"Appointment","status":"cancelled"})"));
    EXPECT_THAT(issues(), testing::IsEmpty());
}

TEST_F(FmlTargets, TextTransforms) {
    EXPECT_EQ(R"({"a":"x-1","b":"éà","c":12,"d":"1"})",
              toJson(plain("src.v as v -> tgt.a = append('x', '-', v);\n"
                           "src.t as v -> tgt.b = truncate(v, 2);\n"
                           "src.n as v -> tgt.c = cast(v, 'integer');\n"
                           "src.v as v -> tgt.d = copy(v);"),
                     R"({"v":"1","t":"éàü","n":"12"})"));
}

TEST_F(FmlTargets, ExpressionsGiveOneValueOrMany) {
    EXPECT_EQ(R"({"b":3,"c":["X","Y"],"d":"X","e":"xy"})",
              toJson(plain("src.a as a -> tgt.b = (a.n + 1), tgt.c = (a.v.select(upper())), "
                           "tgt.d = evaluate(a, 'v.first().upper()');\n"
                           "src.a as a -> (a.v.first()) as x, tgt.e = (x & 'y');"),
                     R"({"a":{"n":2,"v":["x","y"]}})"));
}

TEST_F(FmlTargets, AnEmptyValueMakesNothing) {
    EXPECT_EQ(
        R"({"k":"k"})",
        toJson(plain("src -> tgt.b = (a.b.c), tgt.k = 'k', tgt.o as o, o.x = (nothing);"), "{}"));
    EXPECT_THAT(issues(), IsEmpty());
}

TEST_F(FmlTargets, IdsAreTheSameForTheSameSeedOrText) {
    const std::string map = plain(
        "src -> tgt.a = uuid(), tgt.b = uuid(), tgt.c = uuid('x'), "
        "tgt.d = uuid('x'), uuid('y') as y, tgt.e = ('urn:uuid:' & y);");
    const std::string first = toJson(map, "{}");
    EXPECT_EQ(first, toJson(map, "{}"));
    context_.seed = "another";
    const std::string other = toJson(map, "{}");
    EXPECT_NE(first, other);
    const auto part = [](const std::string& text, const std::string& key) {
        return text.substr(text.find("\"" + key + "\":\"") + 5, 36);
    };
    EXPECT_EQ(part(first, "c"), part(other, "c"));
    EXPECT_EQ(part(first, "c"), part(first, "d"));
    EXPECT_NE(part(first, "a"), part(first, "b"));
    EXPECT_THAT(part(first, "a"), MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab]"
                                               "[0-9a-f]{3}-[0-9a-f]{12}"));
    EXPECT_THAT(first, HasSubstr("\"e\":\"urn:uuid:"));
}

TEST_F(FmlTargets, ListModesOfTargets) {
    const std::string in = R"({"a":["1","2"],"b":"3"})";
    EXPECT_EQ(R"({"o":{"x":["1","2"],"y":"3"}})",
              toJson(plain("src.a as v -> tgt.o as o share one, o.x = v;\n"
                           "src.b as v -> tgt.o as o share one, o.y = v;"),
                     in));
    // first and last: where the items of the rule go in the list, whatever runs before or after.
    EXPECT_EQ(R"({"k":"k","o":[{"y":"3"},{"x":"1"},{"x":"2"},{"z":"3"}]})",
              toJson(plain("src -> tgt.k = 'k'; src.b as v -> tgt.o as o last, o.z = v;\n"
                           "src.a as v -> tgt.o as o, o.x = v;\n"
                           "src.b as v -> tgt.o as o first, o.y = v;"),
                     in));
    EXPECT_EQ(R"({"o":["3","1","2"]})", toJson(plain("src.a as v -> tgt.o = v;\n"
                                                     "src.b as v -> tgt.o = v first;"),
                                               in));
    EXPECT_EQ(R"({"o":["3"]})", toJson(plain("src.b as v -> tgt.o = v collate;"), in));
    EXPECT_EQ(R"({"o":{"x":["1","2"]}})",
              toJson(plain("src.a as v -> tgt.o as o single, o.x = v;"), in));
}

TEST_F(FmlTargets, OnlyWhatHasOneNameIsShared) {
    EXPECT_EQ(R"({"x":{"v":["1","2"]},"y":{"v":"3"}})",
              toJson(plain("src.a as a -> tgt.x as x share one, x.v = a;\n"
                           "src.b as b -> tgt.y as y share one, y.v = b;"),
                     R"({"a":["1","2"],"b":"3"})"));
}

TEST_F(FmlTargets, TypesComeFromTheModel) {
    EXPECT_EQ(
        R"({"resourceType":"Patient","active":true,"name":[{"family":"DOE","given":["Ann"]}],)"
        R"("gender":"female","multipleBirthInteger":2})",
        toFhir(typed("Patient",
                     "src -> tgt.active = (true);\n"
                     "src.f as v -> tgt.name as n, n.family = v, n.given = 'Ann';\n"
                     "src -> tgt.gender = 'female';\n"
                     "src -> tgt.multipleBirth = 2;"),
               R"({"f":"DOE"})"));
}

TEST_F(FmlTargets, WhatBelongsToANodeThatWasNotMadeGoesToNoOther) {
    const std::string table =
        "conceptmap \"t\" { prefix s = \"urn:s\" prefix t = \"urn:t\" s:a == t:b }\n";
    std::string map = plain(
        "src.x as x -> tgt.part = translate(x.code, '#t', 'Coding') as c then {\n"
        "  x.n -> c.deep.name;\n};");
    map.insert(map.find("uses"), table);
    EXPECT_EQ(R"({"part":{"system":"urn:t","code":"b","deep":{"name":"one"}}})",
              toJson(map, R"({"x":[{"code":"a","n":"one"},{"code":"z","n":"two"}]})"));
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("the code is not in table 't'")));
}

TEST_F(FmlTargets, WhatStandsOnceIsMadeOnce) {
    EXPECT_EQ(R"({"resourceType":"Patient","gender":"male","maritalStatus":{"text":"t",)"
              R"("coding":[{"code":"M"}]}})",
              toFhir(typed("Patient",
                           "src -> tgt.gender = 'female'; src -> tgt.gender = 'male';\n"
                           "src -> tgt.maritalStatus as m, m.text = 't';\n"
                           "src -> tgt.maritalStatus as m, m.coding as c, c.code = 'M';"),
                     "{}"));
}

TEST_F(FmlTargets, ChoicesTakeTheTypeOfTheirValue) {
    const auto of = [&](const std::string& rule) {
        const std::string out = toFhir(typed("Basic",
                                             "src -> tgt.extension as x, x.url = 'u' then "
                                             "{ " +
                                                 rule + " };"),
                                       R"({"s":"x","n":1,"d":1.5,"b":true})");
        return out.substr(out.find("\"u\",") + 4);
    };
    EXPECT_EQ(R"("valueString":"x"}]})", of("src.s as v -> x.value = v;"));
    EXPECT_EQ(R"("valueInteger":1}]})", of("src.n as v -> x.value = v;"));
    EXPECT_EQ(R"("valueDecimal":1.5}]})", of("src.d as v -> x.value = v;"));
    EXPECT_EQ(R"("valueBoolean":true}]})", of("src.b as v -> x.value = v;"));
    EXPECT_EQ(R"("valueCode":"x"}]})", of("src.s as v -> x.valueCode = v;"));
    EXPECT_EQ(R"("valueQuantity":{"value":1,"unit":"mg"}}]})",
              of("src.n as v -> x.value = create('Quantity') as q, q.value = v, q.unit = 'mg';"));
    EXPECT_EQ(R"("valueQuantity":{"value":1.5,"unit":"mg"}}]})",
              of("src -> x.value = qty('1.5 mg');"));
    EXPECT_EQ(R"("valuePositiveInt":1}]})", of("src.n as v -> x.value = cast(v, 'positiveInt');"));
}

TEST_F(FmlTargets, CastReadsTheTimesOfHl7V2AndCda) {
    const auto of = [&](const std::string& type, const std::string& text) {
        return toJson(plain("src.t as t -> tgt.t = cast(t, '" + type + "');"),
                      R"({"t":")" + text + "\"}");
    };
    EXPECT_EQ(R"({"t":"1948-05-17"})", of("date", "19480517"));
    EXPECT_EQ(R"({"t":"1948-05"})", of("date", "194805"));
    EXPECT_EQ(R"({"t":"1948-05-17"})", of("date", "194805171132+0100"));
    EXPECT_EQ(R"({"t":"1948-05-17"})", of("date", "1948-05-17"));
    // The zone of the source gives the offset, winter or summer; FHIR wants seconds.
    EXPECT_EQ(R"({"t":"2026-03-06T11:11:54+01:00"})", of("dateTime", "20260306111154"));
    EXPECT_EQ(R"({"t":"2026-07-06T11:11:00+02:00"})", of("dateTime", "202607061111"));
    EXPECT_EQ(R"({"t":"2026-03-06T11:11:54.25-04:00"})", of("instant", "20260306111154.25-0400"));
    EXPECT_EQ(R"({"t":"2026-03-29T01:59:59+01:00"})", of("dateTime", "20260329015959"));
    EXPECT_EQ(R"({"t":"2026-03-29T03:00:00+02:00"})", of("dateTime", "2026-03-29T03:00:00"));
    EXPECT_EQ(R"({"t":"2026-03"})", of("dateTime", "202603"));
    context_.zone = "America/Martinique";
    EXPECT_EQ(R"({"t":"2026-07-06T11:11:54-04:00"})", of("dateTime", "20260706111154"));
    EXPECT_THAT(issues(), IsEmpty());
    for (const auto& [type, text] : std::vector<std::pair<std::string, std::string>>{
             {"date", "19481332"}, {"dateTime", "20260306x"}, {"instant", "20260306"}}) {
        EXPECT_EQ("{}", of(type, text));
        EXPECT_THAT(issues(), ElementsAre(HasSubstr("found a value that is no " + type)));
    }
}

TEST_F(FmlTargets, NoTextHasAControlCharacterAndNoCountIsNothing) {
    const std::string map = typed("Patient", "src.t as t -> tgt.name as n, n.text = t;");
    EXPECT_THAT(toJson(map, R"({"t":"a\tb\nc"})"), HasSubstr(R"(a\tb\nc)"));
    EXPECT_THAT(issues(), IsEmpty());
    toJson(map, R"({"t":"a\u0007b"})");
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("a text without control characters")));
    EXPECT_THAT(report_.issues.all()[0].text.fr, HasSubstr("sans caractère de commande"));
    toJson(plain("src.n as n -> tgt.n = cast(n, 'positiveInt');"), R"({"n":"0"})");
    EXPECT_THAT(issues(), ElementsAre(HasSubstr("an integer above 0")));
}

TEST_F(FmlTargets, TransformsThatMakeDatatypes) {
    const std::string out = toFhir(
        typed(
            "Patient",
            "src -> tgt.identifier = id('urn:s', '12'), tgt.telecom = cp('05 00'), "
            "tgt.telecom = cp('email', 'a@b.example'), tgt.maritalStatus = cc('urn:m', 'M', 'x');\n"
            "src -> tgt.communication as c, c.language = cc('French');\n"
            "src -> tgt.meta as m, m.tag = c('urn:t', 'v');"),
        "{}");
    EXPECT_THAT(out, HasSubstr(R"("identifier":[{"system":"urn:s","value":"12"}])"));
    EXPECT_THAT(out, HasSubstr(R"("telecom":[{"system":"phone","value":"05 00"},)"
                               R"({"system":"email","value":"a@b.example"}])"));
    EXPECT_THAT(out, HasSubstr(R"({"coding":[{"system":"urn:m","code":"M","display":"x"}]})"));
    EXPECT_THAT(out, HasSubstr(R"("language":{"text":"French"})"));
    EXPECT_THAT(out, HasSubstr(R"("tag":[{"system":"urn:t","code":"v"}])"));
}

TEST_F(FmlTargets, BundlesAndReferences) {
    EXPECT_EQ(
        R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1",)"
        R"("resource":{"resourceType":"Patient","id":"p"}},{"resource":{"resourceType":"Goal",)"
        R"("id":"g","subject":{"reference":"urn:uuid:1"},"addresses":[{"reference":"Goal/g"}]}}]})",
        toFhir(typed("Bundle",
                     "src -> tgt.type = 'collection', tgt.entry as e, e.fullUrl = 'urn:uuid:1', "
                     "e.resource = create('Patient') as p, p.id = 'p', tgt.entry as f, "
                     "f.resource = create('Goal') as g, g.id = 'g', g.subject as s, "
                     "s.reference = reference(p), g.addresses as a, a.reference = reference(g);"),
               "{}"));
}

TEST_F(FmlTargets, ATypedSourceIsFilteredByTypeAndCopied) {
    const std::string map =
        "map \"urn:m\" = \"m\"\n"
        "uses \"http://hl7.org/fhir/StructureDefinition/Observation\" alias Observation as source\n"
        "uses \"http://hl7.org/fhir/StructureDefinition/Observation\" alias Target as target\n"
        "group m(source src : Observation, target tgt : Target) {\n"
        "  src.status -> tgt.status;\n"
        "  src.code -> tgt.code;\n"
        "  src.value : Quantity as v -> tgt.value = v;\n"
        "  src.valueString as v -> tgt.note as n, n.text = v;\n"
        "}";
    EXPECT_EQ(R"({"resourceType":"Observation","status":"final","code":{"text":"c"},)"
              R"("valueQuantity":{"value":1.0,"unit":"g"}})",
              fhirToFhir(map, R"({"resourceType":"Observation","status":"final",)"
                              R"("code":{"text":"c"},"valueQuantity":{"value":1.0,"unit":"g"}})"));
    EXPECT_EQ(R"({"resourceType":"Observation","status":"final","code":{"text":"c"},)"
              R"("note":[{"text":"t"}]})",
              fhirToFhir(map, R"({"resourceType":"Observation","status":"final",)"
                              R"("code":{"text":"c"},"valueString":"t"})"));
}

TEST_F(FmlTargets, AnAbstractTypeFiltersToTheTypesMadeOfIt) {
    const std::string map =
        "map \"urn:m\" = \"m\"\n"
        "uses \"http://hl7.org/fhir/StructureDefinition/Bundle\" alias B as source\n"
        "uses \"urn:out\" alias Out as target\n"
        "group m(source src : B, target tgt : Out) {\n"
        "  src.entry as e then { e.resource : DomainResource as r -> tgt.id = (r.id); };\n}\n";
    const auto source = decode(*fhir_, R"({"resourceType":"Bundle","type":"collection","entry":[
        {"resource":{"resourceType":"Binary","id":"no","contentType":"text/plain"}},
        {"resource":{"resourceType":"Patient","id":"yes"}}]})");
    EXPECT_EQ(R"({"id":"yes"})", encode(*json_, transform(map, source)));
}

TEST_F(FmlTargets, AnUntypedTreeIsCopiedAsTheModelHasIt) {
    EXPECT_EQ(
        R"({"resourceType":"Patient","name":[{"family":"DOE","given":["A","B"]}],)"
        R"("contact":[{"name":{"text":"x"}}]})",
        toFhir(typed("Patient", "src.n -> tgt.name; src.c -> tgt.contact;"),
               R"({"n":{"family":"DOE","given":["A","B"],"x":1},"c":[{"name":{"text":"x"}}]})"));
    EXPECT_THAT(issues(),
                ElementsAre("error /n m.map:5:1: found an element that HumanName does not have"));
}

TEST_F(FmlTargets, AChoiceOfTheSourceMayBeNamedWithItsType) {
    EXPECT_EQ(R"({"resourceType":"Basic","extension":[{"url":"u","valueCode":"x"}]})",
              fhirToFhir("uses 'http://hl7.org/fhir/StructureDefinition/Basic' alias Basic as "
                         "target\n"
                         "group m(source src, target tgt : Basic) {\n"
                         "  src.extension as x, x.valueString as v -> tgt.extension as y, "
                         "y.url = 'u', y.valueCode = v;\n}",
                         R"({"resourceType":"Basic","extension":[{"url":"u","valueString":"x"},)"
                         R"({"url":"v","valueBoolean":true}]})"));
}

TEST_F(FmlTargets, DefaultGroupsServeTheShortForm) {
    const std::string map =
        "map \"urn:m\" = \"m\"\n"
        "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" alias Patient as source\n"
        "uses \"http://hl7.org/fhir/StructureDefinition/Person\" alias Person as target\n"
        "group m(source src : Patient, target tgt : Person) {\n"
        "  src.name -> tgt.name;\n"
        "  src.telecom -> tgt.telecom;\n"
        "}\n"
        "group name(source src : HumanName, target tgt : HumanName) <<type+>> {\n"
        "  src.family as v -> tgt.family = v;\n"
        "}\n";
    EXPECT_EQ(
        R"({"resourceType":"Person","name":[{"family":"DOE"}],"telecom":[{"value":"05"}]})",
        fhirToFhir(map, R"({"resourceType":"Patient","name":[{"family":"DOE","use":"usual"}],)"
                        R"("telecom":[{"value":"05"}]})"));
}

TEST_F(FmlTargets, ARowWithoutALabelLosesNothing) {
    const std::string columns = "source,source_label,target,target_label\n";
    file("tables/job.csv", "# url: urn:table:job\n# target: urn:t\n" + columns +
                               "A,Anne,one,One\nB,Berthe,one,\nC,Claire,three,\nD,,four,\n");
    file("tables/always.csv", "# url: urn:table:always\n# unmapped: fixed OTH\n" + columns);
    const auto of = [&](const std::string& table, const std::string& value) {
        return toJson(plain("src.v as v -> translate(v, '" + table +
                            "', 'code') as code, translate(v, '" + table +
                            "', 'display') as text then { v -> tgt.code = code, tgt.text = text "
                            "\"both\"; } \"job\";"),
                      R"({"v":")" + value + R"("})");
    };
    EXPECT_EQ(R"({"code":"one","text":"One"})", of("job", "A"));
    EXPECT_EQ(R"({"code":"one","text":"One"})", of("job", "B"));
    EXPECT_EQ(R"({"code":"three","text":"Claire"})", of("job", "C"));
    EXPECT_EQ(R"({"code":"four","text":"four"})", of("job", "D"));
    EXPECT_EQ(R"({"code":"A","text":"Anne"})", of("reverse:job", "one"));
    EXPECT_EQ(R"({"code":"D","text":"D"})", of("reverse:job", "four"));
    EXPECT_EQ(R"({"code":"OTH","text":"OTH"})", of("always", "x"));
    // A display is what the system of the code calls it: no other words stand in its place.
    const auto coding = [&](const std::string& value) {
        return toJson(plain("src.v as v -> tgt.b = translate(v, 'job', 'Coding');"),
                      R"({"v":")" + value + R"("})");
    };
    EXPECT_EQ(R"({"b":{"system":"urn:t","code":"one","display":"One"}})", coding("B"));
    EXPECT_EQ(R"({"b":{"system":"urn:t","code":"three"}})", coding("C"));
}

TEST_F(FmlTargets, TablesAndInlineConceptMaps) {
    file("tables/sex.csv",
         "# url: urn:table:sex\n# source: urn:s\n# target: urn:t\n"
         "source,source_label,target,target_label,relation,preferred,comment\n"
         "F,\"Femme, fille\",female,Female,equivalent,,\nX,,,,not-related-to,,\n");
    const std::string conceptMap =
        "conceptmap \"local\" { prefix s = 'urn:s' prefix t = \"urn:t\"\n"
        "  s:F == t:female\n  s:\"A B\" - t:in-progress\n}\n";
    const auto of = [&](const std::string& transform, const std::string& value) {
        return toJson(
            conceptMap + plain("src.v as v -> tgt.b = " + transform + "; src -> tgt.k = 'k';"),
            R"({"v":")" + value + R"("})");
    };
    EXPECT_EQ(R"({"b":"female","k":"k"})", of("translate(v, 'sex', 'code')", "F"));
    EXPECT_EQ(R"({"b":"female","k":"k"})", of("translate(v, 'urn:table:sex')", "F"));
    EXPECT_EQ(R"({"b":"Female","k":"k"})", of("translate(v, 'sex', 'display')", "F"));
    EXPECT_EQ(R"({"b":"urn:t","k":"k"})", of("translate(v, 'sex', 'system')", "F"));
    EXPECT_EQ(R"({"b":{"system":"urn:t","code":"female","display":"Female"},"k":"k"})",
              of("translate(v, 'sex', 'Coding')", "F"));
    EXPECT_EQ(R"({"b":{"coding":{"system":"urn:t","code":"female","display":"Female"}},"k":"k"})",
              of("translate(v, 'sex', 'CodeableConcept')", "F"));
    EXPECT_EQ(R"({"k":"k"})", of("translate(v, 'sex', 'code')", "X"));
    EXPECT_THAT(issues(), IsEmpty());
    EXPECT_EQ(R"({"b":"in-progress","k":"k"})", of("translate(v, '#local', 'code')", "A B"));
    EXPECT_EQ(R"({"k":"k"})", of("translate(v, 'sex', 'code')", "DOE"));
    EXPECT_THAT(issues(), ElementsAre("error /v m.map:9:1: the code is not in table 'sex', "
                                      "expected one of F"));
}

TEST_F(FmlTargets, WhatIsUnmappedFollowsTheTable) {
    const std::string columns = "source,target\nA,a\n";
    file("tables/same.csv", "# unmapped: use-source\n" + columns);
    file("tables/other.csv", "# unmapped: fixed OTH autre\n" + columns);
    file("tables/none.csv", "# unmapped: none\n" + columns);
    EXPECT_EQ(R"({"a":"Z","b":"OTH"})",
              toJson(plain("src.v as v -> tgt.a = translate(v, 'same', 'code'), "
                           "tgt.b = translate(v, 'other', 'code'), "
                           "tgt.c = translate(v, 'none', 'code');"),
                     R"({"v":"Z"})"));
    EXPECT_THAT(issues(), IsEmpty());
}

}  // namespace
