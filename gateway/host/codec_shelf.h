/// @file  The codecs of a configuration, and the models of all formats.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/plugin_host.h"
#include "pipeline/setup.h"

namespace gateway {

/// Makes each codec once for each set of options, so that a thousand partners share one.
class CodecShelf {
public:
    explicit CodecShelf(const PluginHost& host);

    /// The codec that the key `codec` of a section chooses: NAME or {NAME: {options}}. A finding
    /// and no codec when there is none.
    CodecSetup take(Config& section);
    /// Of all codecs that plugins offer, in order of registration, then of those taken with
    /// options.
    const std::vector<const Model*>& models() const { return models_; }
    /// The codecs that need no options, in order of registration.
    const std::vector<CodecSetup>& plain() const { return plain_; }

private:
    void learn(const Codec& codec);

    const PluginHost& host_;
    std::map<std::string, std::shared_ptr<const Codec>> made_;  ///< by name and options
    std::vector<CodecSetup> plain_;
    std::vector<const Model*> models_;
};

}  // namespace gateway
