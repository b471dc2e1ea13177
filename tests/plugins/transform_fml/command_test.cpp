/// `passerelle fhirpath` as a user runs it.
#include <filesystem>
#include <fstream>

#include "cli/program.h"
#include "fhirpath_cases.h"
#include "host/config_folder.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
namespace fs = std::filesystem;
using support::Ran;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kPatient = R"({"resourceType": "Patient", "id": "p1", "active": true,
  "name": [{"use": "official", "family": "TEST", "given": ["Anna", "Eve"]}, {"use": "usual", "given": ["Na\nna"]}],
  "gender": "female", "birthDate": "1950-02-28",
  "_birthDate": {"extension": [{"url": "http://example.test/t", "valueCode": "x"}]},
  "contained": [{"resourceType": "Organization", "id": "org", "name": "Inner"}]})";

class FhirpathCommand : public testing::Test {
protected:
    FhirpathCommand() {
        fs::create_directory(file("plugins"));
        for (const char* const name : {"codec_fhir", "codec_json", "transform_fml"})
            fs::create_symlink(std::string(support::kBuildDir) + "/plugins/" + name + ".so",
                               file("plugins") + "/" + name + ".so");
        std::ofstream(file("patient.json")) << kPatient;
    }

    std::string file(const std::string& name) const { return folder_.path() + "/" + name; }

    Ran ask(const std::string& expression, std::vector<std::string> options = {},
            std::string input = "patient.json") const {
        std::vector<std::string> words{"fhirpath", "--plugins", file("plugins")};
        words.insert(words.end(), options.begin(), options.end());
        words.push_back(expression);
        if (!input.empty()) words.push_back(file(input));
        return support::run(words);
    }

private:
    support::ConfigFolder folder_;
};

TEST_F(FhirpathCommand, PrintsOneResultOnEachLine) {
    EXPECT_EQ("string\tAnna\nstring\tEve\nstring\tNa\\nna\n", ask("name.given").out);
    EXPECT_EQ("code\tfemale\n", ask("gender").out);
    EXPECT_EQ("date\t1950-02-28\n", ask("birthDate").out);
    EXPECT_EQ("boolean\ttrue\n", ask("Patient.active").out);
    EXPECT_EQ("Quantity\t10 'mg'\nQuantity\t3 days\n", ask("10 'mg' | 3 days").out);
    EXPECT_EQ(
        "HumanName\t{\"use\":\"official\",\"family\":\"TEST\",\"given\":[\"Anna\",\"Eve\"]}\n",
        ask("name[0]").out);
    EXPECT_EQ("Extension\t{\"url\":\"http://example.test/t\",\"valueCode\":\"x\"}\n",
              ask("birthDate.extension").out);
    EXPECT_EQ(
        "Organization\t{\"resourceType\":\"Organization\",\"id\":\"org\",\"name\":\"Inner\"}\n",
        ask("contained").out);
    const Ran none = ask("name.suffix");
    EXPECT_EQ("", none.out);
    EXPECT_EQ(0, none.code);
}

TEST_F(FhirpathCommand, PrintsOneArrayAsJson) {
    EXPECT_EQ(
        "[{\"type\":\"string\",\"value\":\"Anna\"},\n {\"type\":\"code\",\"value\":\"female\"}]\n",
        ask("name.given.first() | gender", {"--json"}).out);
    EXPECT_EQ("[{\"type\":\"string\",\"value\":\"Na\\u000ana\"}]\n",
              ask("name[1].given", {"--json"}).out);
    EXPECT_EQ("[]\n", ask("name.suffix", {"--json", "--model", "r4"}).out);
    EXPECT_EQ("[{\"type\":\"integer\",\"value\":\"2\"}]\n", ask("1 + 1", {"--json"}, "").out);
}

TEST_F(FhirpathCommand, SaysWhereTheExpressionIsWrong) {
    const auto refused = [](const Ran& ran, const std::string& text) {
        EXPECT_EQ(1, ran.code);
        EXPECT_EQ("", ran.out);
        EXPECT_THAT(ran.err, StartsWith(text));
    };
    refused(ask("name.\n  given1"), "2:3: there is no element 'given1'");
    refused(ask("1 +"), "1:4: found the end of the expression");
    refused(ask("name.single()"), "1:6: ");
    refused(ask("-1.convertsToInteger()"), "1:1: ");
    EXPECT_EQ("", ask("name.given1", {"--lenient"}).err);
}

TEST_F(FhirpathCommand, TakesExpressionsThatBeginWithAMinus) {
    EXPECT_EQ("boolean\ttrue\n", ask("-3 != 3").out);
    EXPECT_EQ("boolean\ttrue\n", ask("-Patient.name.given.count() = -3", {"--zone", "UTC"}).out);
    EXPECT_EQ("integer\t-5\n", ask("-5", {"--context=a=b"}, "").out);
}

TEST_F(FhirpathCommand, ReadsWhatTheOptionsSay) {
    EXPECT_EQ("string\tb\n", ask("%`context-a`", {"--context", "a=b"}).out);
    EXPECT_EQ("", ask("@2025-01-01T12:00:00 = @2025-01-01T11:00:00Z").out);
    EXPECT_EQ("boolean\ttrue\n",
              ask("@2025-01-01T12:00:00 = @2025-01-01T11:00:00Z", {"--zone", "Europe/Paris"}).out);
    EXPECT_THAT(ask("name.trace('n').given.first()").err, HasSubstr("1:6: trace: 2 items"));
    EXPECT_EQ("string\tTEST\n", ask("name[0].family", {"--from", "json"}).out);
    EXPECT_EQ("string\tString\n", ask("name[0].family.type().name", {"--from", "json"}).out);
}

/// One of thirty cases of HL7's suite through the program; all of them run in process elsewhere.
TEST_F(FhirpathCommand, AnswersHl7sCases) {
    const std::string folder = support::corpus() + "/fhir/fhirpath/";
    if (support::corpus().empty()) GTEST_SKIP() << "the corpus is not beside the checkout";
    const std::vector<OfficialCase> cases =
        readCases(support::fileText(folder + "tests-fhir-r4.xml"));
    for (std::size_t i = 0; i < cases.size(); i += 30) {
        const OfficialCase& test = cases[i];
        std::vector<std::string> words{"fhirpath", "--plugins", file("plugins"), test.expression};
        if (!test.input.empty()) words.push_back(folder + "input/" + test.input);
        const Ran ran = support::run(words);
        EXPECT_EQ(test.invalid.empty() ? 0 : 1, ran.code) << test.name << ran.err;
        if (!test.invalid.empty() || test.predicate) continue;
        std::string expected;
        for (const auto& [type, text] : test.outputs) {
            const std::size_t mark = text.starts_with("@T") ? 2 : text.starts_with("@") ? 1 : 0;
            expected += (type.empty() ? "decimal" : type) + "\t";
            for (const char c : text.substr(mark))
                expected += c == '\\' ? "\\\\" : std::string(1, c);
            expected += "\n";
        }
        EXPECT_EQ(expected, ran.out) << test.name;
    }
}

TEST_F(FhirpathCommand, TellsWrongUsageFromWrongFiles) {
    EXPECT_EQ(2, support::run({"fhirpath"}).code);
    EXPECT_EQ(2, ask("1", {"--jsn"}).code);
    const Ran model = ask("1", {"--model", "r44"});
    EXPECT_EQ(2, model.code);
    EXPECT_THAT(model.err, HasSubstr("did you mean 'r4'?"));
    const Ran missing = ask("1", {}, "none.json");
    EXPECT_EQ(1, missing.code);
    EXPECT_THAT(missing.err, HasSubstr("none.json"));
    std::ofstream(file("broken.json")) << "{\"resourceType\": \"Patient\",";
    const Ran broken = ask("1", {}, "broken.json");
    EXPECT_EQ(1, broken.code);
    EXPECT_THAT(broken.err, HasSubstr("broken.json: "));
}

}  // namespace
