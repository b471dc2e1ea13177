/// @file  Hashes in memory and the rows that they lead to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateway {

/// The first 8 bytes of a hash, and a row: whoever looks compares the whole hash there.
struct Mark {
    std::int64_t hash = 0;
    std::int64_t row = 0;
    friend auto operator<=>(const Mark&, const Mark&) = default;
};

/// Not safe for threads. 24 bytes a mark.
class Marks {
public:
    Marks();

    void add(Mark mark);
    std::size_t size() const { return entries_.size(); }
    /// Forgets those that were added after there were so many.
    void shrink(std::size_t size);
    /// @return where it was, for putBack()
    static constexpr std::size_t kNowhere = SIZE_MAX;
    std::size_t erase(Mark mark);
    void putBack(std::size_t at, Mark mark) { entries_[at].row = mark.row; }
    /// The rows of a hash, the newest first.
    std::vector<std::int64_t> rows(std::int64_t hash) const;
    std::vector<Mark> all() const;

private:
    struct Entry {
        std::int64_t hash, row;  ///< row 0: erased
        std::uint32_t next;      ///< in its chain, plus 1
    };
    std::uint32_t& head(std::int64_t hash);
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> heads_;  ///< of the chains, plus 1
};

/// Sorted marks as they lie in a block, and back.
std::string toBlock(const Mark* begin, const Mark* end);
std::vector<Mark> fromBlock(std::string_view bytes);

/// Which hashes a run may have: answers wrongly "yes" for about one in a hundred of the others.
class HashFilter {
public:
    HashFilter() = default;
    explicit HashFilter(std::string bytes) : bytes_(std::move(bytes)) {}
    static HashFilter of(const std::vector<std::int64_t>& hashes);
    bool mayHave(std::int64_t hash) const;
    const std::string& bytes() const { return bytes_; }

private:
    std::string bytes_;
};

}  // namespace gateway
