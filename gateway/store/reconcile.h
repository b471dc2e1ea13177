/// @file  Whether all that came in is still there: what was counted then, against what lies in the
/// store.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "gateway/store.h"
#include "store/board.h"
#include "store/names.h"
#include "store/reader.h"
#include "store/transaction.h"

namespace gateway {

/// Whether a left-out is a partner's of the directory; the others are called in parentheses.
bool ofDirectory(std::string_view partner);
/// Before the timeline of a message is erased: what it says of those left out is counted.
void countErased(Transaction& transaction, std::uint64_t message);

/// Counts all rows, over and over, a slice in each call.
class Reconciler {
public:
    /// @param gate  held by the writer while it writes a group
    Reconciler(Readers& readers, const Names& names, Board& board, std::mutex& gate);

    /// @return the last full count; nothing until one is complete
    std::optional<Reconciled> next();

private:
    void begin();
    void slice();
    void end();
    std::optional<std::uint64_t> lastOfSlice(Reader& reader) const;
    void count(Reader& reader, std::uint64_t upTo);
    void countLeftOuts(Reader& reader, std::uint64_t upTo);
    Reconciled::Account account(int in, std::int64_t name, int kind, const Tally& tally) const;

    Readers& readers_;
    const Names& names_;
    Board& board_;
    std::mutex& gate_;
    std::mutex mutex_;  ///< guards the rest
    std::size_t stage_ = 0;
    std::uint64_t cursor_ = 0;
    Tally counted_;
    std::optional<Reconciled> last_;
};

}  // namespace gateway
