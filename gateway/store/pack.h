/// @file  How facts, lists and bodies lie in a column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/message.h"

namespace gateway {

std::string packTexts(const std::vector<std::string>& texts);
std::vector<std::string> unpackTexts(std::string_view packed);
std::string packFacts(const Facts& facts);
Facts unpackFacts(std::string_view packed);

/// One row of the table body.
struct Chunk {
    int encoding = 0;        ///< 0 plain, 1 zstd
    std::string_view bytes;  ///< of the body itself, or of `packed`
    std::string packed;
};

constexpr std::size_t kChunkSize = 1u << 20;
constexpr std::uint64_t kChunksMost = 65536;

/// Cuts a body; compresses what is over 4 KiB and becomes smaller. `body` must outlive the chunks.
std::vector<Chunk> toChunks(std::string_view body);
/// Appends a chunk's own bytes.
void appendChunk(std::string& body, std::int64_t encoding, std::string_view bytes);

}  // namespace gateway
