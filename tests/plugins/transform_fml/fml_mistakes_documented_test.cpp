// docs/mapping-errors.md shows what the broken maps beside it give: each one finding, as it is.
#include "fml_maps.h"
#include "support/places.h"

namespace {
using testing::HasSubstr;
using testing::SizeIs;

class FmlMistakesDocumented : public FmlMaps {
protected:
    static std::string documentation() {
        return support::fileText(std::string(support::kSourceDir) + "/docs/mapping-errors.md");
    }
};

TEST_F(FmlMistakesDocumented, EachBrokenMapGivesTheOneFindingThatIsShown) {
    const std::string shown = documentation();
    const std::string folder = std::string(support::kSourceDir) + "/docs/examples/mapping-errors";
    int errors = 0, warnings = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".map") continue;
        const std::string name = entry.path().filename().string();
        gateway::MapSurroundings around;
        around.models = {fhir_->model()};
        findings_ = {};
        language_->compile(entry.path().string(), around, findings_);
        ASSERT_THAT(findings_.all(), SizeIs(1)) << name << testing::PrintToString(findings());
        const gateway::Finding& finding = findings_.all().front();
        const bool error = finding.severity == gateway::Severity::error;
        ++(error ? errors : warnings);
        const std::string place = "docs/examples/mapping-errors/" + name + ":" +
                                  std::to_string(finding.where.line) + ":" +
                                  std::to_string(finding.where.column) + ": ";
        EXPECT_THAT(shown, HasSubstr(place + (error ? "error: " : "warning: ") + finding.text));
        EXPECT_THAT(shown,
                    HasSubstr(place + (error ? "erreur: " : "avertissement: ") + finding.fr));
        // The lines that the document shows are those of the map.
        const std::string map = support::fileText(entry.path().string());
        std::istringstream lines(map);
        std::string line;
        for (int i = 0; i < std::min(finding.where.line, 30); ++i) std::getline(lines, line);
        EXPECT_THAT(shown, HasSubstr(line)) << name;
    }
    EXPECT_LE(20, errors);
    EXPECT_LE(2, warnings);
}

}  // namespace
