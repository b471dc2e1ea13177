#include "store/marks.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace gateway {
namespace {

constexpr std::size_t kChains = 1u << 17;
/// A filter is cut into lines of a processor's cache: a hash has all its bits in one of them.
constexpr std::size_t kLine = 64, kBitsEach = 12;

struct Bits {
    std::size_t line;
    std::array<std::size_t, 4> bits;
};

/// A hash is random already: its parts are the places.
Bits bitsOf(std::int64_t hash, std::size_t lines) {
    const auto random = static_cast<std::uint64_t>(hash);
    constexpr std::size_t kMask = kLine * 8 - 1;
    return {static_cast<std::size_t>((random >> 36) % lines),
            {random & kMask, random >> 9 & kMask, random >> 18 & kMask, random >> 27 & kMask}};
}

}  // namespace

Marks::Marks() : heads_(kChains) {}

std::uint32_t& Marks::head(std::int64_t hash) {
    return heads_[static_cast<std::uint64_t>(hash) % kChains];
}

void Marks::add(Mark mark) {
    std::uint32_t& first = head(mark.hash);
    entries_.push_back({mark.hash, mark.row, first});
    first = static_cast<std::uint32_t>(entries_.size());
}

void Marks::shrink(std::size_t size) {
    for (; entries_.size() > size; entries_.pop_back())
        head(entries_.back().hash) = entries_.back().next;
}

std::size_t Marks::erase(Mark mark) {
    for (std::uint32_t at = head(mark.hash); at != 0; at = entries_[at - 1].next) {
        Entry& entry = entries_[at - 1];
        if (entry.hash != mark.hash || entry.row != mark.row) continue;
        entry.row = 0;
        return at - 1;
    }
    return kNowhere;
}

std::vector<std::int64_t> Marks::rows(std::int64_t hash) const {
    std::vector<std::int64_t> found;
    std::uint32_t at = heads_[static_cast<std::uint64_t>(hash) % kChains];
    for (; at != 0; at = entries_[at - 1].next)
        if (entries_[at - 1].hash == hash && entries_[at - 1].row != 0)
            found.push_back(entries_[at - 1].row);
    return found;
}

std::vector<Mark> Marks::all() const {
    std::vector<Mark> marks;
    marks.reserve(entries_.size());
    for (const Entry& entry : entries_)
        if (entry.row != 0) marks.push_back({entry.hash, entry.row});
    return marks;
}

std::string toBlock(const Mark* begin, const Mark* end) {
    std::string bytes(static_cast<std::size_t>(end - begin) * sizeof(Mark), '\0');
    if (!bytes.empty()) std::memcpy(bytes.data(), begin, bytes.size());
    return bytes;
}

std::vector<Mark> fromBlock(std::string_view bytes) {
    std::vector<Mark> marks(bytes.size() / sizeof(Mark));
    if (!marks.empty()) std::memcpy(marks.data(), bytes.data(), marks.size() * sizeof(Mark));
    return marks;
}

HashFilter HashFilter::of(const std::vector<std::int64_t>& hashes) {
    HashFilter filter;
    if (hashes.empty()) return filter;
    filter.bytes_.resize((hashes.size() * kBitsEach / (kLine * 8) + 1) * kLine);
    for (const std::int64_t hash : hashes) {
        const Bits at = bitsOf(hash, filter.bytes_.size() / kLine);
        for (const std::size_t bit : at.bits) {
            char& byte = filter.bytes_[at.line * kLine + bit / 8];
            byte = static_cast<char>(byte | 1 << bit % 8);
        }
    }
    return filter;
}

bool HashFilter::mayHave(std::int64_t hash) const {
    if (bytes_.size() < kLine) return false;
    const Bits at = bitsOf(hash, bytes_.size() / kLine);
    return std::all_of(at.bits.begin(), at.bits.end(), [&](std::size_t bit) {
        return (bytes_[at.line * kLine + bit / 8] >> bit % 8 & 1) != 0;
    });
}

}  // namespace gateway
