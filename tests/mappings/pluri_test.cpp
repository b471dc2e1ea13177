// plan-sante (XML) to the plan bundle and back: what the examples beside the maps cannot say by
// themselves.
#include <algorithm>
#include <filesystem>

#include "host/codec_shelf.h"
#include "host/map_shelf.h"
#include "support/plugins.h"

namespace {
using namespace gateway;
namespace fs = std::filesystem;

const std::string kMappings = std::string(TEST_SOURCE_DIR) + "/mappings";
const std::string kPluri = kMappings + "/networks/pluri/";

class Pluri : public testing::Test {
protected:
    Pluri() {
        for (const char* const name : {"transform_fml", "codec_fhir", "codec_xml"})
            if (const auto why =
                    host_.load(std::string(TEST_BUILD_DIR) + "/plugins/" + name + ".so"))
                ADD_FAILURE() << why->en;
        codecs_.emplace(host_);
        language_ = mapLanguage(host_, findings_);
        there_ = compiled("pluri-to-plan");
        back_ = compiled("plan-to-pluri");
    }

    std::unique_ptr<Transformer> compiled(const std::string& name) {
        return language_->compile(kPluri + name + "/" + name + ".map",
                                  MapSurroundings{kMappings, codecs_->models()}, findings_);
    }
    static std::unique_ptr<Codec> checked(support::Plugins& plugins, const std::string& schema) {
        return plugins.codec("xml", support::map({{"schema", support::scalar(schema)},
                                                  {"check", support::scalar("schema")}}));
    }
    Document made(const Transformer& map, const Document& in, Report& report) {
        Context context;
        context.now = timeFromText("2026-03-02T09:15:00.000Z");
        Document out = map.transform(in, context, report);
        EXPECT_LT(report.issues.worst(), Severity::error);
        return out;
    }
    /// What the codec writes, read again: what a partner gets.
    static Document sent(const Codec& codec, const Document& document) {
        Issues issues;
        Sink out;
        codec.encode(document, out, issues);
        return codec.decode(Bytes(out.text()), issues);
    }
    /// Values that went nowhere, or that the map leaves out on purpose.
    std::vector<std::string> lost(const Document& in) {
        Report report;
        Explanation explanation;
        report.explanation = &explanation;
        made(*there_, in, report);
        std::vector<std::string> all;
        for (const auto& one : explanation.ignored) all.push_back(one.source.path());
        notCarried(in.root(), explanation.carried, all);
        return all;
    }
    void notCarried(Node node, const std::vector<Node>& carried, std::vector<std::string>& all) {
        if (node.hasText() && !xml_->structural(node) &&
            std::find(carried.begin(), carried.end(), node) == carried.end())
            all.push_back(node.path());
        for (const Node child : node.children()) notCarried(child, carried, all);
    }
    /// There and back, each as a partner gets it.
    Document returned(const Document& in, const Codec& xml) {
        Report report;
        return sent(xml, made(*back_, sent(*fhir_, made(*there_, in, report)), report));
    }
    static std::vector<fs::path> corpus() {
        std::vector<fs::path> files;
        if (support::corpus().empty()) return files;
        for (const auto& entry :
             fs::directory_iterator(fs::path(support::corpus()) / "pps" / "pluri-xml"))
            if (entry.path().extension() == ".xml") files.push_back(entry.path());
        return files;
    }

    PluginHost host_;
    Findings findings_;
    std::shared_ptr<const MapLanguage> language_;
    std::optional<CodecShelf> codecs_;
    std::unique_ptr<Transformer> there_, back_;
    support::Plugins plugins_{{"codec_xml", "codec_fhir"}};
    std::unique_ptr<Codec> xml_ = checked(plugins_, kPluri + "schemas/plan-sante.xsd");
    std::unique_ptr<Codec> fhir_ = plugins_.codec("fhir+json");
};

TEST_F(Pluri, ThePlansOfTheCorpusLoseNothingAndComeBackTheSame) {
    const auto files = corpus();
    if (files.empty()) GTEST_SKIP() << "no corpus beside the checkout";
    const auto theirs =
        checked(plugins_, (files.front().parent_path() / "plan-sante.xsd").string());
    for (const fs::path& file : files) {
        Issues issues;
        const Document in = theirs->decode(Bytes(support::fileText(file)), issues);
        EXPECT_THAT(lost(in), testing::IsEmpty()) << file;
        for (const Codec* const xml : {xml_.get(), theirs.get()})
            EXPECT_TRUE(equalTrees(in.root(), returned(in, *xml).root())) << file;
    }
}

TEST_F(Pluri, WhatIsWrittenKeepsToTheSchemaWhateverNetworkThePlanIsOf) {
    Issues issues;
    int plans = 0;
    for (const auto& entry : fs::directory_iterator(kPluri + "plan-to-pluri/examples")) {
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
        Bytes(support::fileText(kPluri + "pluri-to-plan/examples/everything/in.xml")), issues);
    Report report;
    Sink first, second;
    fhir_->encode(made(*there_, in, report), first, issues);
    fhir_->encode(made(*there_, in, report), second, issues);
    EXPECT_EQ(first.text(), second.text());
}

}  // namespace
