/// @file  Which codec reads a body or writes a tree, when a word or the content alone tells.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "host/codec_shelf.h"

namespace gateway {

/// The codec of a word: NAME, NAME:option=value,… or as a configuration has it,
/// {NAME: {option: value}}. Findings, without a key, when there is none.
/// @param extra  options besides, by name
CodecSetup codecNamed(const std::string& word, CodecShelf& codecs, Findings& findings,
                      const std::vector<std::pair<std::string, std::string>>& extra = {});

/// The codec that reads `body`: of several, the one whose model knows its root, then the one whose
/// files end as `file` does, then the one that makes most of it.
/// @throws Error with what the codec whose files end so says when none reads it; unsupported,
/// naming those to choose from
CodecSetup codecReading(const Bytes& body, const std::string& file, const CodecShelf& codecs);

/// The codec whose model knows that root; for a tree that no model knows the one that writes any as
/// JSON. @throws Error(unsupported) naming those to choose from
CodecSetup codecWriting(Node root, const CodecShelf& codecs);

}  // namespace gateway
