// plan-sante (XML) to the plan bundle and back: what the examples beside the maps cannot say by
// themselves.
#include "network_maps.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;

class Pluri : public support::NetworkMaps {
protected:
    Pluri() : NetworkMaps("pluri", "codec_xml") {}

    static std::unique_ptr<Codec> checked(support::Plugins& plugins, const std::string& schema) {
        return plugins.codec("xml", support::map({{"schema", support::scalar(schema)},
                                                  {"check", support::scalar("schema")}}));
    }
    /// There and back, each as a partner gets it.
    Document returned(const Document& in, const Codec& xml) {
        return sent(xml, NetworkMaps::returned(in));
    }
    static std::vector<fs::path> plans() {
        std::vector<fs::path> files = corpus("pluri-xml");
        std::erase_if(files, [](const fs::path& file) { return file.extension() != ".xml"; });
        return files;
    }

    std::unique_ptr<Codec> xml_ = checked(plugins_, folder_ + "schemas/plan-sante.xsd");
};

TEST_F(Pluri, ThePlansOfTheCorpusLoseNothingAndComeBackTheSame) {
    const auto files = plans();
    if (files.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const auto theirs =
        checked(plugins_, (files.front().parent_path() / "plan-sante.xsd").string());
    for (const fs::path& file : files) {
        Issues issues;
        const Document in = theirs->decode(Bytes(support::fileText(file)), issues);
        EXPECT_THAT(lost(in, *xml_), testing::IsEmpty()) << file;
        for (const Codec* const xml : {xml_.get(), theirs.get()})
            EXPECT_TRUE(equalTrees(in.root(), returned(in, *xml).root())) << file;
    }
}

TEST_F(Pluri, WhatIsWrittenKeepsToTheSchemaWhateverNetworkThePlanIsOf) {
    Issues issues;
    int plans = 0;
    for (const auto& entry : fs::directory_iterator(folder_ + "plan-to-pluri/examples")) {
        const fs::path out = entry.path() / "out.xml";
        // The plan that names neither birth nor dates cannot: the schema wants them.
        if (!fs::exists(out) || entry.path().filename() == "missing-parts") continue;
        EXPECT_NO_THROW(xml_->decode(Bytes(support::fileText(out)), issues)) << out;
        ++plans;
    }
    EXPECT_GT(plans, 10);
}

TEST_F(Pluri, TheSamePlanTranslatedTwiceIsTheSameBundle) {
    Issues issues;
    const Document in = xml_->decode(
        Bytes(support::fileText(folder_ + "pluri-to-plan/examples/everything/in.xml")), issues);
    Report report;
    Sink first, second;
    fhir_->encode(made(*there_, in, report), first, issues);
    fhir_->encode(made(*there_, in, report), second, issues);
    EXPECT_EQ(first.text(), second.text());
}

}  // namespace
