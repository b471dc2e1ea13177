/// Commands "maps …": from sample messages to a plan, as a person who types no FML goes.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
namespace fs = std::filesystem;
using support::fileText;
using support::Ran;
using testing::HasSubstr;
using testing::Not;

const std::string kSource = support::kSourceDir;
const std::string kExamples = kSource + "/docs/examples/sheet";
const std::string kMappings = kSource + "/mappings";
const std::string kFilled = kMappings + "/networks/centre-olivier/centre-olivier-to-plan";

class Maps : public testing::Test {
protected:
    std::string at(const std::string& name) const { return folder_.path() + "/" + name; }

    void write(const std::string& name, const std::string& text) const {
        fs::create_directories(fs::path(at(name)).parent_path());
        std::ofstream(at(name), std::ios::binary) << text;
    }

    static Ran maps(const std::string& command, std::vector<std::string> words) {
        words.insert(words.begin(), {"maps", command, "--mappings", kMappings});
        return support::run(words);
    }

    static Ran translate(const std::string& map, const std::string& file,
                         const std::string& to = "fhir+json") {
        return support::run({"translate", "--map", map, "--mappings", kMappings, "--to", to, file});
    }

    /// Builds the sheet and gives what the map makes of `source`.
    Ran plan(const std::string& sheet, const std::string& source) const {
        write("one-to-plan.csv", sheet);
        write("in.json", source);
        const Ran built = maps("build", {at("one-to-plan.csv")});
        EXPECT_EQ(0, built.code) << built.err;
        return translate(at("one-to-plan.map"), at("in.json"));
    }

    void expectValid(const std::string& codec, const std::string& text) const {
        write("checked", text);
        const Ran ran = support::run({"convert", "--from", codec, "--check", at("checked")});
        EXPECT_EQ(0, ran.code) << ran.out << ran.err;
    }

    const support::ConfigFolder folder_;
};

/// The least that a plan needs, and then some.
std::string sheetWith(const std::string& rows) {
    return "# map: one-to-plan\nsource,target,table\n"
           "no,plan.number,\n"
           ",plan.status,const:active\n"
           "name,patient.family,\n" +
           rows;
}

std::string sourceWith(const std::string& members) {
    return R"({"no": "P-1", "name": "INVENTEE")" + (members.empty() ? "" : ", " + members) + "}";
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST_F(Maps, NewGuessesAsTheCommittedSheetHasIt) {
    const Ran ran = maps("new", {kExamples + "/centre-olivier.json",
                                 kExamples + "/centre-olivier-clos.json", "-o", at("guess")});
    ASSERT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("69 fields, a target guessed for 65"));
    for (const auto& entry : fs::recursive_directory_iterator(kExamples + "/guess")) {
        if (!entry.is_regular_file()) continue;
        const fs::path name = fs::relative(entry.path(), kExamples + "/guess");
        EXPECT_EQ(fileText(entry.path()), fileText(at("guess") + "/" + name.string())) << name;
    }
}

TEST_F(Maps, TheFilledSheetMakesAPlanThatEveryPartnerCanRead) {
    fs::copy(kFilled, at("olivier"), fs::copy_options::recursive);
    fs::remove(at("olivier/centre-olivier-to-plan.map"));
    const Ran built = maps("build", {at("olivier/centre-olivier-to-plan.csv")});
    ASSERT_EQ(0, built.code) << built.err;
    EXPECT_THAT(built.out, HasSubstr("65 rows mapped, 3 left out on purpose, 0 not mapped yet"));
    for (const char* const name : {"centre-olivier", "centre-olivier-clos"}) {
        SCOPED_TRACE(name);
        const Ran ran =
            translate(at("olivier/centre-olivier-to-plan.map"), kExamples + "/" + name + ".json");
        ASSERT_EQ(0, ran.code) << ran.err;
        expectValid("fhir+json", ran.out);
        write("plan.json", ran.out);
        for (const std::string to : {"plan-to-gp", "plan-to-had"}) {
            const Ran out = translate(to, at("plan.json"));
            EXPECT_EQ(0, out.code) << out.err;
            expectValid("fhir+json", out.out);
        }
        const Ran message = translate("plan-to-ppp", at("plan.json"), "hl7v2");
        EXPECT_EQ(0, message.code) << message.err;
        EXPECT_THAT(message.out, HasSubstr("\rGOL|"));
        EXPECT_THAT(message.out, HasSubstr("OBX||CE|INTERVENANT^Intervenant^L|action/"));
    }
}

TEST_F(Maps, ReferencesHoldTogether) {
    const Ran ran = plan(sheetWith("list[]/id,problem.id,\nlist[]/what,problem.label,\n"
                                   "list[]/aims[]/aim,goal.label,\n,goal.state,const:active\n"
                                   "team[]/id,professional.id,\nteam[]/name,professional.family,\n"
                                   "list[]/aims[]/todo[]/do,action.label,\n"
                                   ",action.state,const:active\n"
                                   "list[]/aims[]/todo[]/by,action.professional,\n"),
                         sourceWith(R"("team": [{"id": 7, "name": "MODELE"}],
            "list": [{"id": 1, "what": "fall", "aims": [{"aim": "walk", "todo": [
              {"do": "visit", "by": 7}, {"do": "visit", "by": 7}, {"do": "visit"}]}]}])"));
    ASSERT_EQ(0, ran.code) << ran.err;
    expectValid("fhir+json", ran.out);
    // What is the very same is once; what only has the same name stays apart.
    EXPECT_EQ(2U, count(ran.out, R"("resourceType":"ServiceRequest")"));
    for (std::size_t at = ran.out.find(R"("reference":"urn:uuid:)"); at != ran.out.npos;
         at = ran.out.find(R"("reference":"urn:uuid:)", at + 1)) {
        const std::string id = ran.out.substr(at + 13, 45);
        EXPECT_THAT(ran.out, HasSubstr("\"fullUrl\":\"" + id + "\"")) << id;
    }
    EXPECT_EQ(9U, count(ran.out, R"("fullUrl")"));
}

TEST_F(Maps, LinesThatRepeatTheProblemMakeItOnce) {
    const Ran ran =
        plan(sheetWith("rows[]/problem,problem.label,\nrows[]/goal,goal.label,\n"
                       ",goal.state,const:active\nrows[]/task,action.label,\n"
                       ",action.state,const:active\nrows[]/who,professional.family,\n"),
             sourceWith(R"("rows": [{"problem": "A", "goal": "a", "task": "x", "who": "MODELE"},
                                    {"problem": "A", "goal": "a", "task": "y", "who": "MODELE"},
                                    {"problem": "A", "goal": "b", "task": "x"},
                                    {"problem": "B"}])"));
    ASSERT_EQ(0, ran.code) << ran.err;
    expectValid("fhir+json", ran.out);
    EXPECT_EQ(2U, count(ran.out, R"("resourceType":"Condition")"));
    EXPECT_EQ(2U, count(ran.out, R"("resourceType":"Goal")"));
    EXPECT_EQ(3U, count(ran.out, R"("resourceType":"ServiceRequest")"));
    EXPECT_EQ(1U, count(ran.out, R"("resourceType":"Practitioner")"));
    EXPECT_EQ(2U, count(ran.out, R"("performer")"));
}

TEST_F(Maps, WhatEachLineSaysAgainStandsOnce) {
    const std::string sheet =
        "# map: one-to-plan\nsource,target,table\nrows[]/no,plan.number,\n"
        ",plan.status,const:active\nrows[]/name,patient.family,\nrows[]/street,patient.address,\n"
        "rows[]/phone,patient.phone,\nrows[identity=QUAL]/ins & rows[identity=QUAL]/key,"
        "patient.ins-test,\nrows[]/who,professional.family,\nrows[]/mail,professional.mail,\n"
        "rows[]/task,action.label,\n,action.state,const:active\n";
    const auto row = [](const std::string& name, const std::string& phone,
                        const std::string& mail) {
        return R"({"no":"P-1","name":")" + name + R"(","street":"1 rue","phone":")" + phone +
               R"(","task":"x","identity":"QUAL","ins":"2480399990007","key":"39","who":"MODELE","mail":")" +
               mail + R"("})";
    };
    const Ran same =
        plan(sheet, "{\"rows\":[" + row("A", "1", "m") + "," + row("A", "1", "m") + "]}");
    ASSERT_EQ(0, same.code) << same.err;
    expectValid("fhir+json", same.out);
    EXPECT_EQ(1U, count(same.out, "248039999000739"));
    EXPECT_EQ(1U, count(same.out, R"("1 rue")"));
    EXPECT_EQ(1U, count(same.out, R"("value":"1")"));
    EXPECT_EQ("", same.err.find("not all lines") == std::string::npos ? "" : same.err);
    const Ran other =
        plan(sheet, "{\"rows\":[" + row("A", "1", "m") + "," + row("B", "2", "n") + "]}");
    ASSERT_EQ(0, other.code) << other.err;
    EXPECT_EQ(1U, count(other.out, R"("value":"2")")) << "two telephones are two";
    EXPECT_THAT(other.err,
                HasSubstr("not all lines say the same, the first counts: see rows[]/name"));
    EXPECT_THAT(other.err,
                HasSubstr("not all lines say the same, the first counts: see rows[]/mail"));
}

TEST_F(Maps, ValuesAreWrittenAnew) {
    const Ran ran = plan(
        sheetWith("born,patient.birth-date,date DD/MM/YYYY\n"
                  "who,patient.given,word 1\n"
                  "who,patient.used-family,rest\n"
                  "ins/number & ins/key,patient.ins,\n"
                  "phones[kind=MOBILE]/no,patient.mobile,\n"
                  "tags,plan.note,separated by |\n"
                  "aids[]/name,aid.label,\n,aid.state,const:active\naids[]/price,aid.amount,comma\n"
                  "family,Patient.maritalStatus.text,\n"),
        sourceWith(R"("born": "09/03/1948", "who": "Rose Imaginaire",
            "ins": {"number": "2480331993001", "key": "77"},
            "phones": [{"kind": "FIXE", "no": "0500000000"}, {"kind": "MOBILE", "no": "0600000000"}],
            "tags": "one| two", "aids": [{"name": "bed", "price": "18,90"}], "family": "couple")"));
    ASSERT_EQ(0, ran.code) << ran.err;
    for (const char* const part :
         {R"("birthDate":"1948-03-09")", R"("given":["Rose"])", R"("family":"Imaginaire")",
          R"("value":"248033199300177")", R"("value":"0600000000")", R"({"text":"one"})",
          R"({"text":"two"})", R"("value":18.90)", R"("maritalStatus":{"text":"couple"})"})
        EXPECT_THAT(ran.out, HasSubstr(part));
    EXPECT_THAT(ran.out, Not(HasSubstr("0500000000")));
    expectValid("fhir+json", ran.out);
}

TEST_F(Maps, AValueThatIsNotWrittenSoHoldsTheMessage) {
    const Ran ran = plan(sheetWith("born,patient.birth-date,date DD/MM/YYYY\n"),
                         sourceWith(R"("born": "9 mars 1948")"));
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.err, HasSubstr("patient.birth-date: expected a date written DD/MM/YYYY"));
    EXPECT_THAT(ran.err, Not(HasSubstr("mars")));
}

TEST_F(Maps, MistakesNameTheLineAndWhatToPut) {
    write("bad.csv",
          "source,sample,target,table\n"
          "a,1,plan.nummber,\n"
          "b,31/01/2026,plan.start,\n"
          "c,ACTIF,plan.status,\n"
          "d,x,patient.family,my table\n"
          "e[,x,patient.given,\n");
    const Ran ran = maps("build", {at("bad.csv")});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.err, HasSubstr("bad.csv:2: error: found target 'plan.nummber'"));
    EXPECT_THAT(ran.err, HasSubstr("did you mean 'plan.number'?"));
    EXPECT_THAT(ran.err, HasSubstr("bad.csv:3: error: the sample is no date as FHIR has it "
                                   "(2026-01-31): put 'date DD/MM/YYYY'"));
    EXPECT_THAT(ran.err, HasSubstr("bad.csv:4: error: field 'plan.status' takes one of draft, "));
    EXPECT_THAT(ran.err, HasSubstr("bad.csv:5: error: found 'my table', expected the name of a "));
    EXPECT_THAT(ran.err, HasSubstr("bad.csv:6: error: found 'e['"));
    const Ran french = maps("build", {at("bad.csv"), "--lang", "fr"});
    EXPECT_THAT(french.err, HasSubstr("bad.csv:3: erreur: l'exemple n'est pas une date"));
    EXPECT_THAT(french.err, HasSubstr("JJ/MM/AAAA"));
    EXPECT_FALSE(fs::exists(at("bad.map")));
}

TEST_F(Maps, ASampleThatIsNotWrittenSoIsAWarning) {
    write("odd.csv",
          "source,sample,target,table\n"
          "a,1,plan.number,\n"
          "b,31/01/2026,plan.start,date YYYY-MM-DD\n"
          "c,31/01/2026,plan.end,date DD/MM/YYYY\n"
          "d,ACCEPTE,consent.sharing,yes/no\n"
          "e,X,consent.sharing,yes/no\n");
    const std::string err = maps("build", {at("odd.csv"), "--lang", "en"}).err;
    EXPECT_THAT(err, HasSubstr("odd.csv:3: warning: the sample is not what column 'table' says: a "
                               "date written YYYY-MM-DD; "));
    EXPECT_THAT(err, HasSubstr("odd.csv:5: warning: the sample is not what column 'table' says: "
                               "yes or no; "));
    EXPECT_THAT(err, Not(HasSubstr("odd.csv:4: warning")));
    EXPECT_THAT(err, Not(HasSubstr("odd.csv:6: warning")));
}

TEST_F(Maps, AMissingTableIsToldOfTheSheetsLine) {
    write("one-to-plan.csv", sheetWith("s,patient.sex,nowhere\n"));
    const Ran ran = maps("build", {at("one-to-plan.csv")});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.err, HasSubstr("one-to-plan.csv:6: error: "));
    EXPECT_THAT(ran.err, HasSubstr("nowhere"));
    EXPECT_FALSE(fs::exists(at("one-to-plan.map")));
}

TEST_F(Maps, WhatIsMissingOrNotMappedIsSaid) {
    write("one-to-plan.csv", "source,target\nno,plan.number\n");
    const Ran missing = maps("build", {at("one-to-plan.csv")});
    EXPECT_EQ(1, missing.code);
    EXPECT_THAT(missing.err, HasSubstr("no row with target 'plan.status'"));
    EXPECT_THAT(missing.err, HasSubstr("no row with target 'patient.family'"));
    write("one-to-plan.csv", sheetWith("left,,\n"));
    const Ran left = maps("build", {at("one-to-plan.csv")});
    EXPECT_EQ(0, left.code) << left.err;
    EXPECT_THAT(left.out, HasSubstr("1 not mapped yet"));
    EXPECT_THAT(left.out, HasSubstr("one-to-plan.csv:6: left"));
}

TEST_F(Maps, ASheetAsAFrenchExcelSavesIt) {
    write("tables/sexes.csv", "source;target\nFemme\xE9;female\n");
    write("one-to-plan.csv",
          "# map: one-to-plan;;\r\nsource;exemple;cible;table;remarque;ignor\xE9 parce que\r\n"
          "no;;plan.num\xE9ro;;;\r\n;;Plan.Statut;const:active;;\r\nname;;patient.nom;;;\r\n"
          "sexe;;patient.sexe;sexes;;\r\n");
    const Ran built = maps("build", {at("one-to-plan.csv")});
    ASSERT_EQ(0, built.code) << built.err;
    write("in.json", sourceWith(R"("sexe": "Femmeé")"));
    const Ran ran = translate(at("one-to-plan.map"), at("in.json"));
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr(R"("gender":"female")"));
}

TEST_F(Maps, AMapThatWasEditedByHandIsNotOverwritten) {
    write("one-to-plan.csv", sheetWith(""));
    ASSERT_EQ(0, maps("build", {at("one-to-plan.csv")}).code);
    EXPECT_EQ(0, maps("build", {at("one-to-plan.csv")}).code) << "as it was built";
    const std::string edited = fileText(at("one-to-plan.map")) + "\n// by hand\n";
    write("one-to-plan.map", edited);
    const Ran refused = maps("build", {at("one-to-plan.csv")});
    EXPECT_EQ(1, refused.code);
    EXPECT_THAT(refused.err, HasSubstr("was edited by hand"));
    EXPECT_EQ(edited, fileText(at("one-to-plan.map")));
    EXPECT_EQ(0, maps("build", {at("one-to-plan.csv"), "--force"}).code);
    EXPECT_NE(edited, fileText(at("one-to-plan.map")));
}

TEST_F(Maps, InAFlatTableWhatNothingSaysOtherwiseOfIsThePatients) {
    write("flat.csv",
          "NO_DOSSIER;NOM_NAISSANCE;PRENOM;SEXE;VILLE;AIDANT_NOM\nP-1;TEST;Ana;F;LYON;ESSAI\n");
    ASSERT_EQ(0, maps("new", {at("flat.csv"), "-o", at("flat-to-plan.csv"), "--lang", "en"}).code);
    const std::string sheet = fileText(at("flat-to-plan.csv"));
    EXPECT_THAT(sheet, HasSubstr("row[]/NOM_NAISSANCE,TEST,patient.family,"));
    EXPECT_THAT(sheet, HasSubstr("row[]/PRENOM,Ana,patient.given,"));
    EXPECT_THAT(sheet, HasSubstr("row[]/SEXE,F,patient.sex,flat-sexe,"));
    EXPECT_THAT(sheet, HasSubstr("row[]/AIDANT_NOM,ESSAI,carer.family,"));
    // Within a list of something else nothing of the kind is taken for the patient's.
    write("deep.json", R"({"numero":"P-1","livres":[{"titre":"a","prenom":"Ana"}]})");
    ASSERT_EQ(0, maps("new", {at("deep.json"), "-o", at("deep-to-plan.csv"), "--lang", "en"}).code);
    EXPECT_THAT(fileText(at("deep-to-plan.csv")), HasSubstr("livres[]/prenom,Ana,,"));
}

TEST_F(Maps, NewOverwritesNoSheet) {
    const std::vector<std::string> words = {kExamples + "/centre-olivier.json", "-o", at("guess")};
    ASSERT_EQ(0, maps("new", words).code);
    const Ran again = maps("new", words);
    EXPECT_EQ(1, again.code);
    EXPECT_THAT(again.err, HasSubstr("stands already"));
}

TEST_F(Maps, ASheetThatStandsGetsWhatItLacks) {
    write("one.json", R"({"dossier":{"numero":"1","phase":"EC"}})");
    ASSERT_EQ(0, maps("new", {at("one.json"), "-o", at("one-to-plan.csv")}).code);
    const std::string sheet = fileText(at("one-to-plan.csv"));
    const auto row = sheet.find("dossier/phase,EC,,");
    ASSERT_NE(std::string::npos, row) << sheet;
    write("one-to-plan.csv",
          std::string(sheet).replace(row, 18, "dossier/phase,EC,plan.status,my-phase"));
    write("two.json", R"({"dossier":{"numero":"2","phase":"FINI","fin":"2026-01-05"}})");
    const Ran ran =
        maps("new", {at("one.json"), at("two.json"), "--add", "-o", at("one-to-plan.csv")});
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("3 fields, 1 of them new"));
    const std::string more = fileText(at("one-to-plan.csv"));
    EXPECT_THAT(more, HasSubstr("dossier/phase,EC,plan.status,my-phase"));
    EXPECT_THAT(more, HasSubstr("dossier/fin,2026-01-05,plan.end"));
    EXPECT_THAT(fileText(at("tables/my-phase.csv")), HasSubstr("EC,,,,,,\nFINI,,"));
    write("tables/my-phase.csv", "source,target\nEC,active\nFINI,completed\n");
    ASSERT_EQ(0, maps("new", {at("two.json"), "--add", "-o", at("one-to-plan.csv")}).code);
    EXPECT_EQ("source,target\nEC,active\nFINI,completed\n", fileText(at("tables/my-phase.csv")));
    EXPECT_EQ(more, fileText(at("one-to-plan.csv")));
}

TEST_F(Maps, FieldsAreListedInBothLanguages) {
    EXPECT_THAT(maps("fields", {}).out, HasSubstr("patient.birth-date"));
    EXPECT_THAT(maps("fields", {"--lang", "fr"}).out, HasSubstr("patient.naissance"));
    EXPECT_EQ(2, support::run({"maps"}).code);
}

const std::string kVisit = R"(/// url = "https://example.org/maps/visit-to-bundle"
/// name = "visit-to-bundle"

conceptmap "sex" {
  prefix s = "https://example.org/sexe"
  prefix t = "http://hl7.org/fhir/administrative-gender"

  s:"F" == t:"female"
  s:"H" == t:"male"
}

uses "https://example.org/visite" alias Visite as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as target

group Visit(source src : Visite, target bundle : Bundle) {
  src -> bundle.type = 'collection' "kind";
  src.patient as p -> bundle.entry as e, e.resource = create('Patient') as patient then Person(p, patient) "person";
}

group Person(source p, target patient : Patient) {
  p.nom as v -> patient.name as name, name.use = 'official', name.family = v "name";
  p.sexe as v -> patient.gender = translate(v, '#sex', 'code') "sex";
  p.lieu.ville as v -> patient.address as a, a.city = v "town";
  p.ipp as v -> patient.identifier = id('urn:x', v) "id";
  p.etat as v -> patient.maritalStatus = cc('urn:etat', v) "state";
  p.vivant as v where v = 'OUI' -> patient.active = true "alive";
  p.age as v -> patient.extension as x, x.url = 'urn:age', x.value = (v + 1) "age";
  p.contacts as c -> patient.contact as k then {
    c.nom as v -> k.name as n, n.family = v "family";
  } "contacts";
}
)";

TEST_F(Maps, ReverseGoesTheWayBackAndLeavesTheRestToDo) {
    write("visit-to-bundle.map", kVisit);
    const Ran ran = maps("reverse", {at("visit-to-bundle.map"), "-o", at("bundle-to-visit.map")});
    ASSERT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("10 of 11 rules inverted, 1 to do by hand"));
    const std::string draft = fileText(at("bundle-to-visit.map"));
    EXPECT_THAT(draft, HasSubstr("// TODO reverse: visit-to-bundle.map:27 age: "));
    EXPECT_THAT(draft, HasSubstr("reverse = 'visit-to-bundle'"));
    const std::string visit =
        R"({"patient":{"nom":"EXEMPLE","sexe":"F","lieu":{"ville":"X"},"ipp":"12","etat":"M",)"
        R"("vivant":"OUI","contacts":[{"nom":"A"},{"nom":"B"}]}})";
    write("visit.json", visit);
    const Ran there = translate(at("visit-to-bundle.map"), at("visit.json"));
    ASSERT_EQ(0, there.code) << there.err;
    write("bundle.json", there.out);
    const Ran back = translate(at("bundle-to-visit.map"), at("bundle.json"), "json");
    EXPECT_EQ(0, back.code) << back.err;
    EXPECT_EQ(visit + "\n", back.out);
    // Conditions that were constants let nothing else through.
    std::string other = there.out;
    other.replace(other.find("official"), 8, "nickname");
    write("bundle.json", other);
    EXPECT_THAT(translate(at("bundle-to-visit.map"), at("bundle.json"), "json").out,
                Not(HasSubstr("EXEMPLE")));
}

TEST_F(Maps, ReverseDraftsOfOurMapsCompile) {
    for (const char* const name : {"relai-to-plan", "plan-to-gp", "plan-to-had", "plan-to-ppp"}) {
        const Ran ran = maps("reverse", {name, "-o", at("draft.map"), "--force", "--lang", "fr"});
        ASSERT_EQ(0, ran.code) << ran.err;
        EXPECT_THAT(fileText(at("draft.map")), HasSubstr("// TODO reverse : "));
        write("in.json", "{\"resourceType\": \"Bundle\", \"type\": \"collection\"}");
        EXPECT_THAT(translate(at("draft.map"), at("in.json")).err, Not(HasSubstr("error: found")))
            << name;
    }
}

TEST_F(Maps, ReverseTakesATableBackOnlyWhereItIsClear) {
    write("tables/t.csv", "source,target\na,x\nb,x\n");
    write(
        "one-to-two.map",
        "map 'https://example.org/one' = 'one-to-two'\n"
        "group G(source s, target t) {\n  s.a as v -> t.b = translate(v, 't', 'code') \"a\";\n}\n");
    const Ran unclear = maps("reverse", {at("one-to-two.map")});
    EXPECT_THAT(unclear.out, HasSubstr("table 't' has several codes for one"));
    write("tables/t.csv", "source,target,preferred\na,x,\nb,x,yes\n");
    EXPECT_THAT(maps("reverse", {at("one-to-two.map")}).out,
                HasSubstr("s.a = translate(v, 'reverse:t', 'code')"));
}

}  // namespace
