/// @file  Where logical models are: the files `models/*.json`, somewhere below a folder of maps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/logical/model.h"
#include "gateway/config.h"

namespace logical {

/// The JSON files in folders of that name below a library of maps, in order of their names.
std::vector<std::string> filesBelow(const std::string& library, std::string_view folder = "models");

/// The model of those files, made once for the same texts; it lives as long as the process. Null
/// when there is no file, or one cannot be read as it should, which is found.
const Model* modelOf(const std::vector<std::string>& files,
                     const std::vector<const gateway::Model*>& others, gateway::Findings& findings);

/// What a codec's option `model` says.
struct Asked {
    std::string name;                          ///< of the root node and of the message
    const gateway::ModelType* type = nullptr;  ///< of the model's document, if there is a file
};

/// Reads the option `model`: a file, NAME.json, or a name: then `models/NAME.json` below the
/// configuration's folder `mappings`, if there is one. @param otherwise  the name when none is said
Asked ask(gateway::Config& config, const std::string& otherwise);

}  // namespace logical
