/// @file  How facts, lists and bodies lie in a column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/message.h"
#include "store/seal.h"

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
/// A chunk as it lies in the file.
struct StoredChunk {
    std::uint64_t id = 0;
    std::uint16_t key = 0;
    int encoding = 0;
    std::string_view bytes;
};

/// What is to be written of a chunk: sealed, or with a checksum.
struct ChunkRow {
    std::uint16_t key = 0;
    int encoding = 0;
    std::string bytes;
};
ChunkRow toRow(const Chunk& chunk, const Seal& seal, std::uint64_t id);
/// What was sealed or checked of a stored chunk, in its encoding; the bytes are `packed`.
/// @throws Error(unavailable) when it is damaged
Chunk plainChunk(const Seal& seal, const StoredChunk& chunk);

/// A body, chunk by chunk in their order. What is missing is as damaged as what was changed.
class ChunkedBody {
public:
    explicit ChunkedBody(std::int64_t number) : first_(number * 65536), next_(first_) {}
    /// Appends a chunk's own bytes.
    /// @throws Error(unavailable) when it is damaged or not the one that follows
    void append(std::string& bytes, const Seal& seal, const StoredChunk& chunk);
    /// After the last. @param size  of the whole, when it is known
    /// @throws Error(unavailable) when a part of it is missing
    void end(std::optional<std::uint64_t> size) const;
    bool none() const { return next_ == first_; }

private:
    const std::int64_t first_;
    std::int64_t next_;
    std::uint64_t size_ = 0;
};

}  // namespace gateway
