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

/// The codec that reads `body`: of several, the one whose model knows its root.
/// @param file  whose ending narrows the choice
/// @throws Error(unsupported) naming those to choose from
CodecSetup codecReading(const Bytes& body, const std::string& file, const CodecShelf& codecs);

/// The codec whose model knows that root. @throws Error(unsupported) naming those to choose from
CodecSetup codecWriting(Node root, const CodecShelf& codecs);

}  // namespace gateway
