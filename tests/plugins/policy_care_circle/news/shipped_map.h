/// @file  A map of mappings/federation, compiled as the gateway does.
#pragma once

#include <optional>

#include "host/codec_shelf.h"
#include "host/map_shelf.h"
#include "support/places.h"
#include "support/plugins.h"

namespace care_circle_test {

class ShippedMap {
public:
    ShippedMap(const std::string& name, const std::vector<std::string>& codecs) {
        std::vector<std::string> plugins = codecs;
        plugins.push_back("transform_fml");
        for (const std::string& plugin : plugins)
            if (const auto why =
                    host_.load(std::string(support::kBuildDir) + "/plugins/" + plugin + ".so"))
                ADD_FAILURE() << why->en;
        codecs_.emplace(host_);
        language_ = gateway::mapLanguage(host_, findings_);
        const std::string mappings = std::string(support::kSourceDir) + "/mappings";
        map_ = language_->compile(mappings + "/federation/" + name + "/" + name + ".map",
                                  gateway::MapSurroundings{mappings, codecs_->models()}, findings_);
        EXPECT_FALSE(findings_.failed());
    }
    const gateway::Transformer* operator->() const { return map_.get(); }

private:
    gateway::PluginHost host_;
    gateway::Findings findings_;
    std::optional<gateway::CodecShelf> codecs_;
    std::shared_ptr<const gateway::MapLanguage> language_;
    std::unique_ptr<gateway::Transformer> map_;
};

}  // namespace care_circle_test
