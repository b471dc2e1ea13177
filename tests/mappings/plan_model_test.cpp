// What maps of networks make keeps to the plan model: docs/plan-model.md as profiles.
#include <algorithm>
#include <filesystem>

#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;

const std::string kMappings = std::string(support::kSourceDir) + "/mappings";

class PlanModel : public testing::Test {
protected:
    /// What breaks the plan model, place and words, one a line.
    std::string broken(std::string text) {
        Issues issues;
        try {
            codec_->decode(Bytes(std::move(text)), issues);
        } catch (const Error&) {  // its reasons are among the issues
        }
        std::string all;
        for (const Issue& issue : issues.all()) all += issue.where + ": " + issue.text.en + "\n";
        return all;
    }

    support::Plugins plugins_{{"codec_fhir"}};
    std::unique_ptr<Codec> codec_ = plugins_.codec(
        "fhir+json",
        support::map(
            {{"check", support::scalar(kMappings + "/federation/profiles/pps-bundle.json")}}));
};

TEST_F(PlanModel, EveryNetworksPlansKeepToIt) {
    std::size_t plans = 0;
    for (const auto& file : fs::recursive_directory_iterator(kMappings)) {
        const std::string map = file.path().parent_path().parent_path().parent_path().filename();
        if (file.path().filename() != "out.json" || !map.ends_with("-to-plan")) continue;
        ++plans;
        EXPECT_EQ("", broken(support::fileText(file.path()))) << file.path();
    }
    EXPECT_GT(plans, 5u);
}

TEST_F(PlanModel, TellsWhatBreaksIt) {
    const std::string good = support::fileText(
        kMappings + "/networks/relai/relai-to-plan/examples/active-with-everything/out.json");
    const auto changed = [&](std::string_view part, std::string_view by) {
        std::string text = good;
        const std::size_t at = text.find(part);
        EXPECT_NE(text.npos, at) << part;
        return broken(text.replace(at, part.size(), by));
    };
    EXPECT_THAT(changed("StructureDefinition/state", "StructureDefinition/etat"),
                testing::HasSubstr("an extension that no profile defines"));
    EXPECT_THAT(changed("\"PARTIELLEMENT_ATTEINT\"", "\"PARTIEL\""),
                testing::HasSubstr("not a code of the value set"));
    EXPECT_THAT(changed("urn:uuid:", "urn:uuid:0"), testing::HasSubstr("pps-7"));
}

}  // namespace
