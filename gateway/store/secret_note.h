/// @file  Notes of the notebook that hold secrets of others (what a partner's server asks to be
/// shown): sealed, and written as text, as all notes are.
#pragma once

#include <string>
#include <string_view>

#include "store/seal.h"

namespace gateway {

/// Whose key begins with "secret ".
bool isSecretNote(std::string_view key);
/// As it is where the store seals nothing; an empty one stays empty.
std::string sealedNote(const Seal& seal, std::string_view key, std::string_view plain);
/// @throws Error(unavailable) when it was changed, moved to another key, or its seal's key is not
/// here
std::string openedNote(const Seal& seal, std::string_view key, std::string_view text);
/// How those begin that were sealed under that key.
std::string beginOfSealed(std::uint16_t key);

}  // namespace gateway
