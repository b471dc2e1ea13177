/// `passerelle convert` with the codecs that we ship.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "cli/program.h"
#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
namespace fs = std::filesystem;
using support::Ran;
using support::run;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kHead = "MSH|^~\\&|LAB|CHU|DPI|CLINIC|20260101080000||ADT^A01^ADT_A01|";

std::string message(const std::string& id, const std::string& rest,
                    const std::string& charset = "UNICODE UTF-8") {
    return kHead + id + "|P|2.5||||||" + charset + "\r" + rest;
}

std::string withCarriageReturns(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\n')
            out += text[i];
        else if (i == 0 || text[i - 1] != '\r')
            out += '\r';
    return out;
}

class Convert : public testing::Test {
protected:
    Convert() {
        fs::create_directory(file("plugins"));
        for (const char* const name : {"codec_hl7v2", "codec_json", "codec_fhir"})
            fs::create_symlink(std::string(support::kBuildDir) + "/plugins/" + name + ".so",
                               file("plugins") + "/" + name + ".so");
    }

    std::string file(const std::string& name) const { return folder_.path() + "/" + name; }

    Ran convertFile(const std::string& from, const std::string& to, const std::string& path,
                    std::vector<std::string> more = {}) const {
        std::vector<std::string> words{"convert", "--plugins", file("plugins"),
                                       "--from",  from,        path};
        if (!to.empty()) words.insert(words.end(), {"--to", to});
        if (std::find(more.begin(), more.end(), "--lang") == more.end())
            more.insert(more.end(), {"--lang", "en"});
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    Ran convert(const std::string& from, const std::string& to, const std::string& text,
                std::vector<std::string> more = {}) const {
        std::ofstream(file("in"), std::ios::binary) << text;
        return convertFile(from, to, file("in"), std::move(more));
    }

    support::ConfigFolder folder_;
};

TEST_F(Convert, GivesTheVeryBytesOfAnUntouchedMessage) {
    const std::string odd =
        message("1", "PID|1||A^^^&1.2.250&ISO~B||D\\S\\E^\"\"|||\rZZZ|\\Zab\\^\r");
    const Ran ran = convert("hl7v2", "hl7v2", odd);
    EXPECT_EQ(0, ran.code);
    EXPECT_EQ(odd, ran.out);
    EXPECT_EQ("", ran.err);
}

TEST_F(Convert, TheFormatIsFoundByItsContent) {
    std::ofstream(file("v2"), std::ios::binary) << message("1", "PID|1\r");
    std::ofstream(file("other"), std::ios::binary) << R"({"a":1})";
    const Ran v2 = run({"convert", "--plugins", file("plugins"), "--to", "hl7v2", file("v2")});
    EXPECT_EQ(message("1", "PID|1\r"), v2.out) << v2.err;
    EXPECT_THAT(run({"convert", "--plugins", file("plugins"), "--check", file("v2")}).err,
                HasSubstr("PV1"));
    const Ran json = run({"convert", "--plugins", file("plugins"), "--to", "json", file("other")});
    EXPECT_EQ("{\"a\":1}", json.out) << json.err;
}

TEST_F(Convert, TellsToleranceOnStderr) {
    const std::string unix = kHead + std::string("1|P|2.5\nPID|1\n");
    const Ran ran = convert("hl7v2", "hl7v2", unix);
    EXPECT_EQ(0, ran.code);
    EXPECT_EQ(withCarriageReturns(unix), ran.out);
    EXPECT_EQ("warning segment 1: segments end with LF instead of CR\n", ran.err);
    const Ran french = convert("hl7v2", "hl7v2", unix, {"--lang", "fr"});
    EXPECT_EQ("avertissement segment 1 : les segments se terminent par LF au lieu de CR\n",
              french.err);
    const Ran json = convert("hl7v2", "hl7v2", unix, {"--json"});
    EXPECT_EQ(ran.out, json.out);
    EXPECT_EQ(
        "{\"messages\":1,\"failed\":0,\"findings\":[\n"
        "  {\"message\":1,\"severity\":\"warning\",\"where\":\"segment 1\",\"code\":\"\","
        "\"text\":\"segments end with LF instead of CR\",\"rule\":\"hl7v2\",\"fault\":\"\"}\n]}\n",
        json.err);
}

TEST_F(Convert, JsonComesBackWithItsOrder) {
    const std::string ordered = message(
        "1", "PID|1||A^^^B&C~D|\"\"|É\\R\\\"||\rOBX|1|TX|a\rNTE|1||x\rOBX|2|TX|b\rNTE|1||y\r");
    const std::string canonical = message(
        "1", "PID|1||A^^^B&C~D|\"\"|É\\R\\\"\rOBX|1|TX|a\rNTE|1||x\rOBX|2|TX|b\rNTE|1||y\r");
    const Ran json = convert("hl7v2", "json", canonical);
    EXPECT_EQ(0, json.code) << json.err;
    EXPECT_THAT(json.out, AllOf(StartsWith("[\n  {\n    \"MSH\": {\n      \"1\": \"|\",\n"),
                                HasSubstr("{\"NTE\": {\"1\": \"1\", \"3\": \"x\"}}"),
                                HasSubstr("\"4\": null"), HasSubstr("É~\\\"")));
    EXPECT_EQ(canonical, convert("json", "hl7v2", json.out).out);
    EXPECT_EQ(canonical, convert("json", "hl7v2", convert("hl7v2", "json", ordered).out).out)
        << "what is empty at the end of a segment is nothing";
}

TEST_F(Convert, WhatJsonHasNoWordForComesBackToo) {
    const std::string odd =
        message("1", "PID|1||a~~b||x\\H\\y\\Zq\\^\\X0D\\|||\"\"\rZZ1\rNTE|||l\\.br\\m||~z\r");
    const Ran json = convert("hl7v2", "json", odd);
    EXPECT_EQ(odd, convert("json", "hl7v2", json.out).out) << json.out;
    const Ran text = convert("hl7v2", "text", odd);
    EXPECT_THAT(text.out, AllOf(HasSubstr("l⏎m\n"), Not(HasSubstr("_5"))));
}

TEST_F(Convert, JsonObjectsOfSegmentsAreReadToo) {
    const Ran ran = convert(
        "json", "hl7v2",
        R"({"MSH": {"9": {"1": "ADT", "2": "A01"}, "10": 7}, "PID": {"3": ["A", {"1": "B", "4": "C"}]}})");
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_EQ("MSH|^~\\&|||||||ADT^A01|7\rPID|||A~B^^^C\r", ran.out);
    const Ran refused = convert("json", "hl7v2", R"({"PID": {"3": "A"}})");
    EXPECT_EQ(1, refused.code);
    EXPECT_THAT(refused.err, HasSubstr("error PID: expected MSH as the first segment\n"));
    EXPECT_EQ(1, convert("json", "hl7v2", "[1, 2]").code);
    EXPECT_EQ(1, convert("json", "hl7v2", "\"MSH\"").code);
    EXPECT_EQ(1, convert("json", "hl7v2", "[]").code);
}

TEST_F(Convert, ResourcesStayMembers) {
    const std::string patient =
        R"({"resourceType":"Patient","id":"a","name":[{"family":"TEST","given":["Zoé"]}]})";
    EXPECT_EQ(patient, convert("fhir+json", "fhir+json", patient).out) << "untouched";
    const Ran xml = convert("fhir+json", "fhir+xml", patient);
    EXPECT_EQ(0, xml.code) << xml.err;
    EXPECT_THAT(xml.out, HasSubstr("<given value=\"Zoé\"/>"));
    EXPECT_EQ(xml.out, convert("fhir+xml", "fhir+xml", xml.out).out) << "untouched";
    const Ran back = convert("fhir+xml", "fhir+json", xml.out);
    EXPECT_THAT(back.out, StartsWith("{"));
    EXPECT_EQ(xml.out, convert("fhir+json", "fhir+xml", back.out).out);
    EXPECT_THAT(convert("fhir+xml", "text", xml.out).out,
                ContainsRegex("\n    name.0..family +TEST\n"));
}

TEST_F(Convert, EachOfSeveralHasItsOwnFate) {
    const std::string one = message("1", "PID|1\r"), two = message("2", "pid|SECRET\r"),
                      three = message("3", "PID|3\r");
    const Ran ran = convert("hl7v2", "hl7v2", one + two + three);
    EXPECT_EQ(1, ran.code);
    EXPECT_EQ(one + three, ran.out);
    EXPECT_THAT(ran.err, StartsWith("error message 2, segment 2: expected a segment id"));
    EXPECT_THAT(ran.err, Not(HasSubstr("SECRET")));
    const Ran lines = convert("hl7v2", "json", one + two + three, {"--json"});
    EXPECT_EQ(1, lines.code);
    EXPECT_EQ(2, std::count(lines.out.begin(), lines.out.end(), '\n'));
    EXPECT_THAT(lines.err, AllOf(StartsWith("{\"messages\":3,\"failed\":1,"),
                                 HasSubstr("\"message\":2"), HasSubstr("\"fault\":\"malformed\"")));
    EXPECT_EQ(one + three, convert("{json: {lines: true}}", "hl7v2", lines.out).out);
}

TEST_F(Convert, ABatchKeepsItsHeadAndTrailer) {
    const auto batch = [](const std::string& count) {
        return "FHS|^~\\&|A\rBHS|^~\\&|A\r" + message("1", "PID|1\r") + message("2", "PID|2\r") +
               "BTS|" + count + "\rFTS|1\r";
    };
    const Ran ran = convert("hl7v2", "hl7v2", batch("2"));
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_EQ(batch("2"), ran.out);
    std::string unix = batch("2");
    std::replace(unix.begin(), unix.end(), '\r', '\n');
    EXPECT_EQ(batch("2"), convert("hl7v2", "hl7v2", unix).out);
    const Ran wrong = convert("hl7v2", "hl7v2", batch("3"));
    EXPECT_EQ(batch("3"), wrong.out);
    EXPECT_THAT(wrong.err, HasSubstr(" BTS-1: the count does not fit"));
}

TEST_F(Convert, ABatchOfOneKeepsItsHeadAndTrailerToo) {
    const std::string batch =
        "FHS|^~\\&|A\rBHS|^~\\&|A\r" + message("1", "PID|1\r") + "BTS|1\rFTS|1\r";
    const Ran ran = convert("hl7v2", "hl7v2", batch);
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_EQ(batch, ran.out);
}

TEST_F(Convert, TextIsForPeople) {
    const std::string base64(4000, 'Q');
    const Ran ran =
        convert("hl7v2", "text",
                message("1", "PID|1||A^^^B||DUPONTEST^Zoé|\"\"\rOBX|1|ED|D||^^^Base64^" + base64 +
                                 "\rNTE|1||a\x1B[2Jb\r"));
    EXPECT_EQ(0, ran.code) << ran.err;
    EXPECT_THAT(ran.out, StartsWith("ADT_A01"));
    EXPECT_THAT(ran.out, HasSubstr("PID-5.2"));
    EXPECT_THAT(ran.out, HasSubstr("  Zoé\n"));
    EXPECT_THAT(ran.out, HasSubstr("  (null)\n"));
    EXPECT_THAT(ran.out, HasSubstr("QQQQ… (base64, 4000 characters)\n"));
    EXPECT_THAT(ran.out, HasSubstr("a\\x1B[2Jb\n")) << "nothing moves the cursor";
}

TEST_F(Convert, TextHasTheNamesOfTheModel) {
    const std::string result = kHead + std::string("1|P|2.5\rPID|1||||DUPONTEST^Zo\xC3\xA9\r");
    const Ran flat = convert("hl7v2", "text", result);
    EXPECT_THAT(flat.out, ContainsRegex("\n    PID-5 +Patient Name\n"));
    EXPECT_THAT(flat.out, ContainsRegex("\n      PID-5.2 +Given Name +Zoé\n"));
    const Ran grouped = convert(
        "{hl7v2: {view: grouped}}", "text",
        "MSH|^~\\&|||||||ORU^R01^ORU_R01|1|P|2.5\rPID|1\rOBR|1\rOBX|1|NM|A||1\rOBX|2|NM|A||2\r");
    EXPECT_THAT(grouped.out, ContainsRegex("\n      OBSERVATION.2.\n        OBX +Observation"));
}

TEST_F(Convert, ChecksWithTheCodecsChecker) {
    const std::string movement = message("1", "EVN||20260101\rPID|1||1||A^B\rPV1|1|I\r");
    const Ran standard = convert("hl7v2", "", movement, {"--check"});
    EXPECT_EQ("", standard.out);
    const Ran profile = convert("hl7v2", "", movement, {"--check=pam-fr-2.11", "--json"});
    EXPECT_EQ(1, profile.code);
    EXPECT_THAT(profile.err, AllOf(HasSubstr("\"failed\":0"), HasSubstr("\"where\":\"ZBE\""),
                                   HasSubstr("\"code\":\"101\"")));
    const Ran converted = convert("hl7v2", "hl7v2", movement, {"--check=pam-fr-2.11"});
    EXPECT_EQ(1, converted.code);
    EXPECT_EQ(movement, converted.out) << "findings of a check do not keep the result back";
    const Ran unknown = convert("hl7v2", "", movement, {"--check=pam-fr-2"});
    EXPECT_EQ(2, unknown.code);
    EXPECT_THAT(unknown.err, StartsWith("--check: "));
}

TEST_F(Convert, GroupsComeBackFromJson) {
    const std::string result =
        "MSH|^~\\&|||||||ORU^R01^ORU_R01|1|P|2.5\rPID|1\rOBR|1\rOBX|1|NM|A||1\rNTE|1||a\r"
        "OBX|2|NM|A||2\rZXX|1\rOBX|3|NM|A||3\rOBR|2\rOBX|1|NM|A||4\r";
    const Ran json = convert("{hl7v2: {view: grouped}}", "json", result);
    EXPECT_THAT(json.out, HasSubstr("\"ORDER_OBSERVATION\": ["));
    EXPECT_EQ(result, convert("json", "hl7v2", json.out).out) << json.out;
}

TEST_F(Convert, TextOfVeryManySegmentsHasShortPlaces) {
    std::string many;
    for (int i = 1; i <= 20'000; ++i) many += "OBX|" + std::to_string(i) + "|NM\r";
    const Ran ran = convert("hl7v2", "text", message("1", many));
    EXPECT_EQ(0, ran.code);
    EXPECT_TRUE(ran.out.find("\n  OBX[20000] ") != std::string::npos);
}

TEST_F(Convert, OptionsOfACodec) {
    const std::string latin = kHead + std::string("1|P|2.5\rPID|1||||DUR\xE9\r");
    EXPECT_EQ(1, convert("hl7v2", "json", latin).code);
    for (const char* const from : {"{hl7v2: {charset: 8859/1}}", "hl7v2:charset=8859/1"}) {
        const Ran ran = convert(from, "json", latin);
        EXPECT_EQ(0, ran.code) << ran.err;
        EXPECT_THAT(ran.out, HasSubstr("DURé"));
    }
}

TEST_F(Convert, WrongUsage) {
    const Ran unknown = convert("hl7v3", "json", "");
    EXPECT_EQ(2, unknown.code);
    EXPECT_THAT(unknown.err, StartsWith("--from: no loaded plugin offers the codec 'hl7v3'; did "
                                        "you mean 'hl7v2'?\n"));
    EXPECT_EQ(2, convert("hl7v2", "jason", "").code);
    EXPECT_THAT(convert("{hl7v2: {charst: x}}", "json", "").err,
                HasSubstr("did you mean 'charset'?"));
    EXPECT_EQ(2, convert("{hl7v2: {charset: x", "json", "").code);
    EXPECT_EQ(2, convert("hl7v2", "", "").code);
    EXPECT_THAT(convert("json", "", "{}", {"--check"}).err, HasSubstr("has no checks"));
    const Ran missing = convertFile("hl7v2", "json", file("none"));
    EXPECT_EQ(1, missing.code);
    EXPECT_THAT(missing.err, HasSubstr("there is no readable file"));
}

struct Malformed {
    const char* name;
    std::string body;
    const char* told;  ///< the beginning of stderr: place and what was expected
};

TEST_F(Convert, SaysWhereAMessageIsMalformedAndNotWhatItHeld) {
    const std::string head = message("1", "");
    const std::vector<Malformed> all{
        {"empty", "", "error segment 1: expected MSH"},
        {"no MSH", "PID|1||SECRET\r", "error segment 1: expected MSH"},
        {"truncated MSH", "MSH|", "error MSH: expected a field separator and encoding characters"},
        {"truncated after MSH-1", "MSH|\rPID|1||SECRET\r", "error MSH: expected a field separator"},
        {"two-letter segment", head + "PI|SECRET\r", "error segment 2: expected a segment id"},
        {"lower-case segment", head + "pid|SECRET\r", "error segment 2: expected a segment id"},
        {"other separator", head + "PID;SECRET\r", "error segment 2: expected a segment id"},
        {"line feed in a field", head + "PID|1\rOBX|1|TX|||line\nfeed, SECRET\r",
         "error segment 4: expected a segment id"},
        {"NUL", head + std::string("PID|1||SECRET\0\r", 15), "error byte "},
        {"wrong charset", head + "PID|1||||SECRET\xE9\r",
         "error PID-5: bytes that are not UNICODE"},
        {"wrong charset in a component", head + "PID|1||||a^SECRET\xE9\r", "error PID-5.2: bytes"},
        {"not ASCII", message("1", "PID|1||||SECRETé\r", "ASCII"),
         "error PID-5: bytes that are not"},
        {"unknown charset", message("1", "PID|1||SECRET\r", "SECRET"),
         "error MSH-18: expected ASCII"},
        {"a delimiter twice", "MSH|^~^&|A\rPID|1||SECRET\r",
         "error MSH-2: expected each delimiter"},
        {"a letter as delimiter", "MSHA^~\\&AB\rPID|1||SECRET\r", "error MSH-1"},
    };
    for (const Malformed& one : all) {
        SCOPED_TRACE(one.name);
        const Ran ran = convert("hl7v2", "hl7v2", one.body);
        EXPECT_EQ(1, ran.code);
        EXPECT_EQ("", ran.out);
        EXPECT_THAT(ran.err, StartsWith(one.told));
        EXPECT_THAT(ran.err, Not(HasSubstr("SECRET")));
    }
}

TEST_F(Convert, OfAFolderThatNoCodecReadsTheFileAndItsFaultAreNamed) {
    fs::create_symlink(std::string(support::kBuildDir) + "/plugins/codec_csv.so",
                       file("plugins") + "/codec_csv.so");
    fs::create_directory(file("pack"));
    std::ofstream(file("pack") + "/a.csv") << "A;B\n1;\"2\n";
    std::ofstream(file("pack") + "/b.csv") << "A\n1\n";
    const Ran ran = run(
        {"convert", "--plugins", file("plugins"), "--lang", "fr", "--to", "json", file("pack")});
    EXPECT_EQ(1, ran.code);
    EXPECT_THAT(ran.err, HasSubstr("aucun codec ne le lit"));
    EXPECT_THAT(ran.err, HasSubstr("a.csv, ligne 2, colonne 3 : trouvé un guillemet"));
}

TEST_F(Convert, ASecondHeadInTheMiddleIsASecondMessage) {
    const std::string both = message("1", "PID|1\r") + message("2", "");
    EXPECT_EQ(both, convert("hl7v2", "hl7v2", both).out);
}

TEST_F(Convert, EveryFileOfTheCorpusComesBack) {
    if (support::corpus().empty()) GTEST_SKIP() << "no corpus beside the checkout";
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(support::corpus() + "/hl7v2")) {
        const std::string kind = entry.path().extension();
        if (kind != ".hl7" && kind != ".er7" && kind != ".txt") continue;
        SCOPED_TRACE(entry.path());
        const Ran ran = convertFile("hl7v2", "hl7v2", entry.path());
        EXPECT_EQ(0, ran.code) << ran.err;
        const std::string source = support::fileText(entry.path());
        EXPECT_TRUE(withCarriageReturns(source) == ran.out);
        EXPECT_EQ(0, convertFile("hl7v2", "text", entry.path()).code);
        ++files;
    }
    EXPECT_GT(files, 45U);
}

}  // namespace
