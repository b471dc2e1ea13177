// Maps that others wrote: the official suite's, and those of this project.
#include "fml_maps.h"
#include "support/places.h"

namespace {
using testing::IsEmpty;

class FmlCorpus : public FmlMaps {
protected:
    /// The findings of a map of the corpus, compiled in its own folder.
    std::vector<std::string> findingsOfFile(const std::string& path) {
        gateway::MapSurroundings around;
        around.models = {fhir_->model()};
        findings_ = {};
        language_->compile(path, around, findings_);
        return findings();
    }
};

TEST_F(FmlCorpus, TheMapsOfTheOfficialSuiteCompile) {
    const std::string corpus = support::corpus();
    if (corpus.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    int maps = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(corpus + "/fhir/structure-mapping")) {
        const std::string path = entry.path().string();
        if (entry.path().extension() != ".map" || path.ends_with("/syntax.map")) continue;
        findingsOfFile(path);
        EXPECT_FALSE(findings_.failed()) << path << testing::PrintToString(findings());
        ++maps;
    }
    EXPECT_EQ(5, maps);
    // Warnings tell what is so: no status, a group that nothing calls.
    EXPECT_THAT(findingsOfFile(corpus + "/fhir/structure-mapping/cast.map"),
                testing::ElementsAre(testing::HasSubstr("no rule sets 'status', 'code'")));
    // This one is about syntax alone: it names an element and a variable that do not exist.
    EXPECT_THAT(
        findingsOfFile(corpus + "/fhir/structure-mapping/syntax.map"),
        testing::ElementsAre(
            testing::HasSubstr("'identifer', expected one of Basic; did you mean 'identifier'?"),
            testing::HasSubstr("'identifer', expected one of Basic; did you mean 'identifier'?"),
            testing::HasSubstr("there is no element 'r' in Patient")));
}

TEST_F(FmlCorpus, TheOfficialTransformationsGiveWhatTheyShould) {
    const std::string corpus = support::corpus();
    if (corpus.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const std::string folder = corpus + "/fhir/structure-mapping/";
    const gateway::Document source = decode(*fhir_, support::fileText(folder + "qr.json"));
    for (const char* const name : {"assignment", "gender", "humannametwice"}) {
        gateway::Document got =
            transform(support::fileText(folder + "qr2pat-" + name + ".map"), source);
        const gateway::Document made = decode(*fhir_, encode(*fhir_, got));
        const gateway::Document wanted =
            decode(*fhir_, support::fileText(folder + "qr2pat-" + std::string(name) + "-res.json"));
        EXPECT_TRUE(equalTrees(wanted.root(), made.root())) << name << encode(*fhir_, got);
        EXPECT_THAT(issues(), IsEmpty()) << name;
    }
    gateway::Document cda = transform(support::fileText(folder + "qr2cda.map"), source);
    EXPECT_EQ("ClinicalDocument", cda.root().name());
    EXPECT_EQ("Hello CDA", cda.root().child("title").child("data").text());
}

TEST_F(FmlCorpus, TheMapsOfThisProjectCompile) {
    gateway::MapSurroundings around;
    around.library = std::string(support::kSourceDir) + "/mappings";
    around.models = {fhir_->model()};
    if (hl7v2_->model()) around.models.push_back(hl7v2_->model());
    const std::vector<std::string> maps = language_->maps(around.library);
    EXPECT_FALSE(maps.empty());
    for (const std::string& map : maps) {
        findings_ = {};
        EXPECT_NE(nullptr, language_->compile(map, around, findings_));
        EXPECT_THAT(findings(), IsEmpty()) << map;
    }
}

}  // namespace
