#include "store/pack.h"

#include <zstd.h>

#include <algorithm>

#include "gateway/error.h"

namespace gateway {

namespace {

constexpr std::size_t kCompressAbove = 4096;
constexpr int kLevel = 1;
constexpr int kChecked = 2;  ///< added to the encoding: a checksum follows

void putText(std::string& out, std::string_view text) {
    for (std::size_t rest = text.size();; rest >>= 7) {
        out.push_back(static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
        if (rest <= 0x7f) break;
    }
    out.append(text);
}

[[noreturn]] void damaged() {
    throw Error(Fault::unavailable, "store",
                {"a row of the file is damaged", "une ligne du fichier est endommagée"});
}

std::string_view takeText(std::string_view& in) {
    std::size_t size = 0;
    for (int shift = 0;; shift += 7) {
        if (in.empty() || shift > 35) damaged();
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        size |= static_cast<std::size_t>(byte & 0x7f) << shift;
        if (byte < 0x80) break;
    }
    if (size > in.size()) damaged();
    const auto text = in.substr(0, size);
    in.remove_prefix(size);
    return text;
}

}  // namespace

std::string packTexts(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) putText(out, text);
    return out;
}

std::vector<std::string> unpackTexts(std::string_view packed) {
    std::vector<std::string> texts;
    while (!packed.empty()) texts.emplace_back(takeText(packed));
    return texts;
}

std::string packFacts(const Facts& facts) {
    std::string out;
    for (const auto& [name, value] : facts.all()) {
        putText(out, name);
        putText(out, value);
    }
    return out;
}

Facts unpackFacts(std::string_view packed) {
    Facts facts;
    while (!packed.empty()) {
        const auto name = takeText(packed);
        facts.set(std::string(name), std::string(takeText(packed)));
    }
    return facts;
}

std::vector<Chunk> toChunks(std::string_view body) {
    std::vector<Chunk> chunks;
    chunks.reserve(body.size() / kChunkSize + 1);
    for (std::size_t at = 0; at < body.size(); at += kChunkSize) {
        Chunk chunk;
        chunk.bytes = body.substr(at, kChunkSize);
        if (chunk.bytes.size() > kCompressAbove) {
            chunk.packed.resize(ZSTD_compressBound(chunk.bytes.size()));
            const auto size = ZSTD_compress(chunk.packed.data(), chunk.packed.size(),
                                            chunk.bytes.data(), chunk.bytes.size(), kLevel);
            if (!ZSTD_isError(size) && size < chunk.bytes.size()) {
                chunk.packed.resize(size);
                chunk.packed.shrink_to_fit();
                chunk.encoding = 1;
            }
        }
        chunks.push_back(std::move(chunk));
    }
    for (auto& chunk : chunks)
        if (chunk.encoding == 1) chunk.bytes = chunk.packed;
    return chunks;
}

ChunkRow toRow(const Chunk& chunk, const Seal& seal, std::uint64_t id) {
    if (const std::uint16_t key = seal.current())
        return {key, chunk.encoding, seal.seal(Seal::Purpose::body, id, chunk.bytes)};
    return {0, chunk.encoding | kChecked, std::string(chunk.bytes) + checksum(chunk.bytes)};
}

Chunk plainChunk(const Seal& seal, const StoredChunk& chunk) {
    Chunk plain;
    plain.encoding = chunk.encoding & ~kChecked;
    if (chunk.key != 0) {
        if (Seal::keyOf(chunk.bytes) != chunk.key) damaged();
        plain.packed = seal.open(Seal::Purpose::body, chunk.id, chunk.bytes);
        return plain;
    }
    plain.packed = chunk.bytes;
    if ((chunk.encoding & kChecked) == 0) return plain;
    constexpr std::size_t kSum = 8;
    if (plain.packed.size() < kSum) damaged();
    plain.packed.resize(plain.packed.size() - kSum);
    if (!chunk.bytes.ends_with(checksum(plain.packed))) damaged();
    return plain;
}

namespace {

void appendPlain(std::string& body, const Chunk& plain) {
    const std::string& bytes = plain.packed;
    if (plain.encoding == 0) {
        body.append(bytes);
        return;
    }
    const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (plain.encoding != 1 || size > kChunkSize) damaged();
    const auto before = body.size();
    body.resize(before + size);
    if (ZSTD_decompress(body.data() + before, size, bytes.data(), bytes.size()) != size) damaged();
}

}  // namespace

void ChunkedBody::append(std::string& bytes, const Seal& seal, const StoredChunk& chunk) {
    if (static_cast<std::int64_t>(chunk.id) != next_++) damaged();
    const std::size_t before = bytes.size();
    appendPlain(bytes, plainChunk(seal, chunk));
    size_ += bytes.size() - before;
}

void ChunkedBody::end(std::optional<std::uint64_t> size) const {
    if (none() || (size && *size != size_)) damaged();
}

}  // namespace gateway
