#include "host/codec_shelf.h"

#include <algorithm>

#include "host/config_files.h"
#include "host/made.h"

namespace gateway {

CodecShelf::CodecShelf(const PluginHost& host) : host_(host) {
    static const ConfigNode none;
    for (const std::string& name : host.codecOrder()) {
        Findings unasked;  // a codec that cannot be without options has no model of its own
        Config options(none, {}, unasked);
        std::shared_ptr<const Codec> codec = host.codecs().find(name)->second(options);
        if (unasked.failed() || codec == nullptr) continue;
        learn(*codec);
        plain_.push_back({name, std::move(codec)});
    }
}

void CodecShelf::learn(const Codec& codec) {
    const Model* const model = codec.model();
    if (model != nullptr && std::find(models_.begin(), models_.end(), model) == models_.end())
        models_.push_back(model);
}

CodecSetup CodecShelf::take(Config& section) {
    std::optional<Choice> choice =
        choiceOf(section, "codec", namesOf(host_.codecs()), {"codec", "codec"});
    if (!choice) return {};
    std::string key = choice->name + canonical(*choice->node);
    if (const auto found = made_.find(key); found != made_.end())
        return {choice->name, found->second};
    const std::size_t before = section.findings().errors();
    std::shared_ptr<const Codec> codec = make(host_.codecs(), *choice);
    if (codec == nullptr || section.findings().errors() > before) return {choice->name, nullptr};
    learn(*codec);
    made_.emplace(std::move(key), codec);
    return {choice->name, std::move(codec)};
}

}  // namespace gateway
