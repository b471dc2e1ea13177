/// @file  Codecs as the command line names them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/codec_shelf.h"

namespace gateway {

/// The codec of a word: NAME, NAME:option=value,… or as a configuration has it,
/// {NAME: {option: value}}.
/// @param option  that the word was given to: "--from"
/// @param extra   options besides, by name
/// @throws CLI::ValidationError (exit code 2) naming what is unknown and what it may have meant
CodecSetup codecOf(const std::string& option, const std::string& word, CodecShelf& codecs,
                   const std::vector<std::pair<std::string, std::string>>& extra = {});

}  // namespace gateway
