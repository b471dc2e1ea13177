/// @file  Reading beside the writer: connections that are lent to one thread at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store.h"
#include "store/hash_index.h"
#include "store/names.h"
#include "store/seal.h"
#include "store/sqlite.h"

namespace gateway {

struct ReadStatements {
    explicit ReadStatements(sqlite::Connection& connection);
    sqlite::Statement begin;
    sqlite::Statement body, lastChunk, name;
    sqlite::Statement message, messagesBefore, openMessages, openOfDeliveries;
    /// Numbers of messages, newest first, below one: in a state, from a source; with a delivery in
    /// a state (that no index has: `deliveriesStill`), to a partner (in a state, when one is
    /// given).
    sqlite::Statement messagesIn, messagesFrom, deliveriesIn, deliveriesTo, deliveriesStill;
    sqlite::Statement delivery, deliveriesOf, redosOf, newerDelivered, events, queuedAt;
    /// What a hash may lead to: whether it does. A message about a person, one with an id of its
    /// sender's; the message of a delivery with an id in its bytes.
    sqlite::Statement messageAbout, messageCalled, deliveryCalled;
    /// Deliveries offered at a destination, in order, after one; those whose time is over.
    sqlite::Statement offered, offeredUntil;
    /// The first number from one on of a message of a source in a state.
    sqlite::Statement oldestReceived;
    sqlite::Statement refusals, refusalsOf, oldestRefusals;
    sqlite::Statement pauses, pauseEvents;
    sqlite::Statement happened;
    sqlite::Statement plan, receipts, due, plansKnownBy, plansOf, plansFrom, waitingOf;
    HashIndex::Statements hashes;
};

/// One connection and its statements.
class Reader {
public:
    Reader(const std::string& path, const std::string& vfs, const Seal& seal);
    /// One snapshot for all that is read until the guard goes.
    class Snapshot {
    public:
        explicit Snapshot(Reader& reader);
        ~Snapshot();
        Snapshot(const Snapshot&) = delete;
        Snapshot& operator=(const Snapshot&) = delete;

    private:
        Reader& reader_;
    };

    ReadStatements& sql() { return sql_; }
    /// For statements that are asked too seldom to be kept.
    sqlite::Connection& connection() { return connection_; }
    const Seal& seal() const { return seal_; }
    /// @param size  what it has, when it is known
    /// @throws Error(unavailable) when it is damaged or a part of it is missing
    Bytes body(std::int64_t number, std::optional<std::size_t> size = {});
    Bytes bodyOrEmpty(const sqlite::Query& row, int column, std::optional<std::size_t> size = {});

private:
    std::size_t roomFor(std::int64_t number, std::size_t size);

    sqlite::Connection connection_;
    ReadStatements sql_;
    const Seal& seal_;
};

class Readers {
public:
    Readers(const std::string& path, const std::string& vfs, std::size_t count, const Seal& seal);

    /// Lends a reader. SQLite's failures come out as Error.
    template <class Action>
    auto with(Action action) {
        const Loan loan(*this);
        try {
            return action(loan.reader());
        } catch (const sqlite::Failure& failure) {
            throw sqlite::toError(failure);
        }
    }

private:
    class Loan {
    public:
        explicit Loan(Readers& readers);
        ~Loan();
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        Reader& reader() const { return *reader_; }

    private:
        Readers& readers_;
        std::unique_ptr<Reader> reader_;
    };

    std::mutex mutex_;  ///< guards free_
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Reader>> free_;
};

}  // namespace gateway
