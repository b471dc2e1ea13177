// The examples beside the maps are their tests: a new folder below mappings/**/MAP/examples is
// found without a line of C++. UPDATE_EXAMPLES=1 rewrites what comes out, to be read before it is
// committed.
#include <filesystem>

#include "example.h"

namespace {
using testing::HasSubstr;

const std::string kMappings = std::string(TEST_SOURCE_DIR) + "/mappings";

TEST(MappingExamples, EachMapGivesWhatItsExamplesSay) {
    examples::Runner runner(kMappings);
    const std::vector<std::string> cases = examples::casesBelow(kMappings);
    ASSERT_FALSE(cases.empty());
    for (const std::string& folder : cases) {
        if (std::getenv("UPDATE_EXAMPLES")) runner.update(folder);
        EXPECT_EQ("", runner.check(folder)) << folder.substr(kMappings.size() + 1);
    }
}

TEST(MappingExamples, EachMapHasExamples) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kMappings))
        if (entry.path().extension() == ".map") {
            const std::string folder = entry.path().parent_path().string() + "/examples";
            EXPECT_TRUE(std::filesystem::is_directory(folder)) << "missing: " << folder;
        }
}

TEST(MappingExamples, ADifferenceIsToldWithItsPlace) {
    const examples::Runner runner(kMappings);
    const auto difference = [&](const std::string& expected, const std::string& found) {
        const gateway::Document left = runner.decode(runner.json(), expected);
        const gateway::Document right = runner.decode(runner.json(), found);
        return examples::firstDifference(left.root(), right.root());
    };
    EXPECT_EQ("", difference(R"({"a":[1,2]})", R"({ "a": [1, 2] })"));
    EXPECT_EQ("/a[1]: expected '2', found '3'", difference(R"({"a":[1,2]})", R"({"a":[1,3]})"));
    EXPECT_THAT(difference(R"({"a":1,"b":2})", R"({"a":1})"), HasSubstr("found nothing"));
    EXPECT_THAT(difference(R"({"a":1})", R"({"a":1,"b":2})"), HasSubstr("expected nothing"));
    EXPECT_THAT(difference(R"({"a":"1"})", R"({"a":1})"), HasSubstr("/a: expected '1'"));
    EXPECT_THAT(difference(R"({"a":1})", R"({"b":1})"), HasSubstr("under the name 'b'"));
}

}  // namespace
