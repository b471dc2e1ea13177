/// @file  Codecs as the command line names them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/codec_choice.h"

namespace gateway {

/// codecNamed() of a word that was given to `option`.
/// @throws Misuse naming what is unknown and what it may have meant
CodecSetup codecOf(const std::string& option, const std::string& word, CodecShelf& codecs,
                   const std::vector<std::pair<std::string, std::string>>& extra = {});

}  // namespace gateway
