// The examples beside the maps are their tests: a new folder beside a map is found without a line
// of C++. `passerelle test` runs the same.
#include <filesystem>

#include "host/map_shelf.h"
#include "host/map_tests.h"
#include "support/places.h"
#include "support/plugins.h"

namespace {
using namespace gateway;

const std::string kMappings = std::string(support::kSourceDir) + "/mappings";

class MappingExamples : public testing::Test {
protected:
    MappingExamples() {
        for (const char* const name :
             {"transform_fml", "codec_json", "codec_fhir", "codec_hl7v2", "codec_xml", "codec_csv"})
            if (const auto why =
                    host_.load(std::string(support::kBuildDir) + "/plugins/" + name + ".so"))
                ADD_FAILURE() << why->en;
        codecs_.emplace(host_);
        language_ = mapLanguage(host_, findings_);
        tests_.emplace(*language_, *codecs_, kMappings);
    }

    PluginHost host_;
    Findings findings_;
    std::shared_ptr<const MapLanguage> language_;
    std::optional<CodecShelf> codecs_;
    std::optional<MapTests> tests_;
};

std::string wrongOf(const ExampleRun& run) {
    std::string text;
    for (const Reason& wrong : run.wrong) text += "\n  " + wrong.en;
    for (const Difference& one : run.differences.all) text += "\n  " + one.text().en;
    return text;
}

TEST_F(MappingExamples, EachMapGivesWhatItsExamplesSay) {
    ASSERT_FALSE(tests_->files().empty());
    for (const std::string& file : tests_->files()) {
        std::vector<std::string> networks = tests_->networksOf(file);
        networks.emplace_back();  // as it is
        for (const std::string& network : networks) {
            const TestedMap map = tests_->test(file, network, false);
            for (const Finding& finding : map.findings.all())
                ADD_FAILURE() << finding.where.text() << ": " << finding.text;
            for (const TestedExample& one : map.examples)
                EXPECT_TRUE(one.holds()) << network << " " << map.name << "/" << one.name
                                         << wrongOf(one.run) << wrongOf(one.back);
        }
    }
}

TEST_F(MappingExamples, EachMapHasExamples) {
    for (const std::string& file : tests_->files())
        EXPECT_FALSE(examplesOf(file).empty()) << "no example beside " << file;
}

}  // namespace
