/// @file  The maps of one network, there and back, as the gateway loads and runs them.
#pragma once

#include <algorithm>
#include <filesystem>

#include "host/codec_shelf.h"
#include "host/map_shelf.h"
#include "support/places.h"
#include "support/plugins.h"

namespace support {

class NetworkMaps : public testing::Test {
protected:
    /// @param network  its folder below mappings/networks, with the maps NETWORK-to-plan and back
    /// @param codec    the plugin of its format
    NetworkMaps(const std::string& network, const std::string& codec)
        : folder_(mappings() + "/networks/" + network + "/"), plugins_({codec, "codec_fhir"}) {
        for (const std::string& name :
             {std::string("transform_fml"), std::string("codec_fhir"), codec})
            if (const auto why =
                    host_.load(std::string(support::kBuildDir) + "/plugins/" + name + ".so"))
                ADD_FAILURE() << why->en;
        codecs_.emplace(host_);
        language_ = gateway::mapLanguage(host_, findings_);
        there_ = compiled(network + "-to-plan");
        back_ = compiled("plan-to-" + network);
        fhir_ = plugins_.codec("fhir+json");
    }

    static std::string mappings() { return std::string(support::kSourceDir) + "/mappings"; }

    std::unique_ptr<gateway::Transformer> compiled(const std::string& name) {
        return language_->compile(folder_ + name + "/" + name + ".map",
                                  gateway::MapSurroundings{mappings(), codecs_->models()},
                                  findings_);
    }
    gateway::Document made(const gateway::Transformer& map, const gateway::Document& in,
                           gateway::Report& report) {
        gateway::Context context;
        context.now = gateway::timeFromText("2026-03-02T09:15:00.000Z");
        gateway::Document out = map.transform(in, context, report);
        EXPECT_LT(report.issues.worst(), gateway::Severity::error);
        return out;
    }
    /// What the codec writes.
    static gateway::Bytes written(const gateway::Codec& codec, const gateway::Document& document) {
        gateway::Issues issues;
        gateway::Sink out;
        codec.encode(document, out, issues);
        EXPECT_LT(issues.worst(), gateway::Severity::error);
        return out.take();
    }
    /// What the codec writes, read again: what a partner gets.
    static gateway::Document sent(const gateway::Codec& codec, const gateway::Document& document) {
        gateway::Issues issues;
        return codec.decode(written(codec, document), issues);
    }
    /// There and back, the plan as a partner gets it.
    gateway::Document returned(const gateway::Document& in) {
        gateway::Report report;
        return made(*back_, sent(*fhir_, made(*there_, in, report)), report);
    }
    /// Values that went nowhere, or that the map leaves out on purpose.
    std::vector<std::string> lost(const gateway::Document& in, const gateway::Codec& codec) {
        gateway::Report report;
        gateway::Explanation explanation;
        report.explanation = &explanation;
        made(*there_, in, report);
        std::vector<std::string> all;
        for (const auto& one : explanation.ignored) all.push_back(one.source.path());
        notCarried(in.root(), codec, explanation.carried, all);
        return all;
    }
    /// What is in the corpus for this format.
    static std::vector<std::filesystem::path> corpus(const std::string& format) {
        std::vector<std::filesystem::path> files;
        if (support::corpus().empty()) return files;
        for (const auto& entry : std::filesystem::directory_iterator(
                 std::filesystem::path(support::corpus()) / "pps" / format))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        return files;
    }

    const std::string folder_;
    gateway::PluginHost host_;
    gateway::Findings findings_;
    std::shared_ptr<const gateway::MapLanguage> language_;
    std::optional<gateway::CodecShelf> codecs_;
    std::unique_ptr<gateway::Transformer> there_, back_;
    Plugins plugins_;
    std::unique_ptr<gateway::Codec> fhir_;

private:
    static void notCarried(gateway::Node node, const gateway::Codec& codec,
                           const std::vector<gateway::Node>& carried,
                           std::vector<std::string>& all) {
        if (node.hasText() && !codec.structural(node) &&
            std::find(carried.begin(), carried.end(), node) == carried.end())
            all.push_back(node.path());
        for (const gateway::Node child : node.children()) notCarried(child, codec, carried, all);
    }
};

}  // namespace support
