/// @file  One group of changes on its way into the file: the statements that write, numbers to be
/// given, and what is to change in memory once it is committed.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/store.h"
#include "store/board.h"
#include "store/happenings.h"
#include "store/hash_index.h"
#include "store/ids.h"
#include "store/names.h"
#include "store/pack.h"
#include "store/sqlite.h"
#include "store/write_statements.h"

namespace gateway {

/// What stands on a timeline; the numbers are in the file.
struct What {
    int code;
    static constexpr What of(MessageState state) { return {static_cast<int>(state)}; }
    static constexpr What of(DeliveryState state) { return {16 + static_cast<int>(state)}; }
    static constexpr What leftOut() { return {32}; }
    static constexpr What note() { return {33}; }
    static constexpr What replay() { return {34}; }
    static constexpr What repeat() { return {35}; }
    static constexpr What answer() { return {36}; }
    static constexpr What paused() { return {48}; }
    static constexpr What resumed() { return {49}; }
};
std::string toText(What what);

/// Owned by the writer's thread. Between begin() and commit() the operations of a group run on it;
/// what they put into after() is done under the board's mutex after the commit.
class Transaction {
public:
    Transaction(sqlite::Connection& connection, Names& names, Board& board, const Ids& ids,
                const Seal& seal, HashIndex& hashes, std::uint64_t life);

    void begin(Time now);
    void commit();
    /// Back to what was before begin(), in memory too.
    void rollback() noexcept;
    /// After commit(): brings names, tally and board up to date. The board's mutex is held.
    void publish();

    Time now() const { return now_; }
    const Ids& ids() const { return ids_; }
    const Seal& seal() const { return seal_; }
    Board& board() { return board_; }
    HashIndex& hashes() { return hashes_; }
    WriteStatements& sql() { return sql_; }
    sqlite::Connection& connection() { return connection_; }
    int changes() const { return connection_.changes(); }

    enum class Counter { seq, delivery, tick };
    /// The next number. Numbers are leased in blocks in the file, so that none is given twice.
    std::uint64_t take(Counter counter);
    /// Leases `count` numbers at once. @return the first
    std::uint64_t takeMany(Counter counter, std::uint64_t count);

    std::int64_t name(std::string_view text);
    std::optional<std::int64_t> nameOrNull(std::string_view text);
    std::string nameText(std::int64_t id) const;
    /// @return the number of the body, nothing when it is empty
    std::optional<std::int64_t> body(const std::vector<Chunk>& chunks);
    /// The number of a body whose chunks come one by one.
    std::int64_t newBody() { return numbers_.body++; }
    void eraseBody(std::int64_t body);
    /// @param message  0: of the gateway itself
    /// @return the event's number
    std::uint64_t event(std::uint64_t message, std::uint64_t delivery, What what,
                        std::string_view partner = {}, const Reason& reason = {});
    /// Told to the audit, where it wants to know.
    void happened(const HappeningRow& row);
    /// @param id  of the message or delivery that lies in the store so
    void count(const TallyKey& key, std::int64_t change, std::uint64_t id = 0);
    /// What a count that is under way would find otherwise, beside what is tallied.
    void recount(const Recount::Change& change) { recounted_.push_back(change); }
    /// A delivery or message went from one state to another.
    void move(int kind, std::int64_t name, int from, int to, std::uint64_t id);

    void after(std::function<void(Board&)> change) { after_.push_back(std::move(change)); }
    /// A claimed message leaves in this transaction.
    void leaves(std::uint64_t seq);

private:
    struct Number {
        const char* key;
        std::uint64_t block;
        std::uint64_t next = 1;
        std::uint64_t leased = 1;  ///< numbers below it may be given
    };
    struct Numbers {
        std::array<Number, 3> counters;
        std::int64_t body = 1;
        std::int64_t name = 0;
    };

    sqlite::Connection& connection_;
    Names& names_;
    Board& board_;
    const Ids& ids_;
    const Seal& seal_;
    HashIndex& hashes_;
    const std::uint64_t life_;
    WriteStatements sql_;
    Time now_{};
    Numbers numbers_;
    Numbers before_;
    std::vector<std::pair<std::int64_t, std::string>> newNames_;
    Tally changes_;
    Recount::Changes recounted_;
    std::vector<std::function<void(Board&)>> after_;
    std::vector<std::uint64_t> leaving_;
    std::string happened_;  ///< packed
};

}  // namespace gateway
