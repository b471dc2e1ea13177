// Forms that are not plans keep to their profiles: needs of a health centre, notices, tasks,
// reports.
#include <filesystem>
#include <set>

#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;

const std::string kMappings = std::string(support::kSourceDir) + "/mappings/federation/";

class Forms : public testing::Test {
protected:
    std::unique_ptr<Codec> checked(const std::string& profile) {
        const bool base = profile == "base";
        return plugins_.codec(
            "fhir+json",
            support::map(
                {{"check",
                  support::scalar(base ? profile : kMappings + "profiles/" + profile + ".json")}}));
    }
    /// What breaks the profile, place and words, one a line.
    static std::string broken(const Codec& codec, const fs::path& file) {
        Issues issues;
        try {
            codec.decode(Bytes(support::fileText(file)), issues);
        } catch (const Error&) {  // its reasons are among the issues
        }
        std::string all;
        for (const Issue& issue : issues.all()) all += issue.where + ": " + issue.text.en + "\n";
        return all;
    }
    std::size_t expectAll(const std::string& map, const std::string& part,
                          const std::string& profile) {
        const std::unique_ptr<Codec> codec = checked(profile);
        std::size_t files = 0;
        for (const auto& example : fs::directory_iterator(kMappings + map + "/examples")) {
            const fs::path file = example.path() / part;
            const std::string name = example.path().filename();
            const std::string text = fs::exists(file) ? support::fileText(file) : "";
            if (text.find("resourceType") == text.npos || name.starts_with("held-") ||
                name.ends_with("no-patient-entry"))
                continue;
            ++files;
            EXPECT_EQ("", broken(*codec, file)) << file;
        }
        return files;
    }
    static void linksOf(Node item, std::set<std::string>& links) {
        for (const Node child : item.children()) {
            if (child.name() != "item") continue;
            links.emplace(child.child("linkId").text());
            linksOf(child, links);
        }
    }
    std::set<std::string> links(const fs::path& file) {
        Issues issues;
        const Document document = checked("base")->decode(Bytes(support::fileText(file)), issues);
        std::set<std::string> all;
        linksOf(document.root(), all);
        return all;
    }

    support::Plugins plugins_{{"codec_fhir"}};
};

TEST_F(Forms, OfNeedsKeepToTheirProfile) {
    EXPECT_GT(expectAll("besoins-msp-to-task", "out.json", "pps-needs"), 3u);
    EXPECT_GT(expectAll("task-to-besoins-msp-response", "out.json", "base"), 1u);
}

TEST_F(Forms, AnswerTheQuestionnaireAndNothingElse) {
    const fs::path questionnaire = kMappings + "questionnaires/besoins-msp.json";
    EXPECT_EQ("", broken(*checked("base"), questionnaire));
    const std::set<std::string> asked = links(questionnaire);
    const std::set<std::string> answered =
        links(kMappings + "task-to-besoins-msp-response/examples/every-code/out.json");
    for (const std::string& link : answered) EXPECT_TRUE(asked.contains(link)) << link;
    EXPECT_EQ(asked, answered);
}

TEST_F(Forms, OfNetworksFoldersAreMadeOfWhatTheirProfilesAllow) {
    EXPECT_GT(expectAll("notice-to-csv", "in.json", "pps-notice-bundle"), 12u);
    EXPECT_GT(expectAll("task-to-csv", "in.json", "pps-to-do-bundle"), 12u);
    EXPECT_GT(expectAll("report-to-csv", "in.json", "pps-report"), 1u);
}

}  // namespace
