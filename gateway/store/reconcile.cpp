#include "store/reconcile.h"

#include <algorithm>
#include <limits>

#include "gateway/state.h"
#include "store/pack.h"

namespace gateway {
namespace {

constexpr int kSlice = 4096;  ///< messages or deliveries
constexpr auto kAll = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

/// What is counted one after the other.
constexpr int kStages[] = {TallyKey::message, TallyKey::delivery, TallyKey::leftOutOf};

std::int64_t firstLeftOut(sqlite::Connection& connection) {
    return connection.integer("SELECT value FROM meta WHERE key = 'left-out-from'");
}

/// Those left out that the timelines of some messages tell of, with a reason.
template <class Name, class Add>
void leftOuts(sqlite::Connection& connection, const Seal& seal, std::uint64_t after,
              std::uint64_t upTo, Name name, Add add) {
    sqlite::Statement select(connection,
                             "SELECT id, message, words FROM event WHERE message > ? AND message"
                             " <= ? AND what = ? AND id > ?");
    auto rows = select(after, upTo, What::leftOut().code, firstLeftOut(connection));
    while (rows.step()) try {
            const auto words =
                parted(seal.text(Seal::Purpose::event, rows.number<std::uint64_t>(0), rows, 2), 3);
            if (!words[1].empty()) add(ofDirectory(words[0]) ? name(words[0]) : 0);
        } catch (const Error&) {  // damaged: then it is missing in the sum
        }
}

std::int64_t of(const Tally& tally, const TallyKey& key) {
    const auto found = tally.find(key);
    return found == tally.end() ? 0 : found->second;
}

std::string stateOf(int kind, int state) {
    return std::string(kind == TallyKey::message ? toText(static_cast<MessageState>(state))
                                                 : toText(static_cast<DeliveryState>(state)));
}

}  // namespace

bool ofDirectory(std::string_view partner) { return !partner.empty() && partner.front() != '('; }

void countErased(Transaction& transaction, std::uint64_t message) {
    leftOuts(
        transaction.connection(), transaction.seal(), message - 1, message,
        [&](std::string_view partner) { return transaction.name(partner); },
        [&](std::int64_t name) {
            transaction.count({TallyKey::erased, name, 0}, 1);
            if (transaction.board().recount.running)
                transaction.recount({{TallyKey::leftOutOf, name, 0}, message, -1});
        });
}

Reconciler::Reconciler(Readers& readers, const Names& names, Board& board, std::mutex& gate)
    : readers_(readers), names_(names), board_(board), gate_(gate) {}

std::optional<Reconciled> Reconciler::next() {
    const std::lock_guard lock(mutex_);
    begin();
    slice();
    if (stage_ == std::size(kStages)) end();
    return last_;
}

/// The first slice of a count; also after the file had to be opened anew.
void Reconciler::begin() {
    const std::lock_guard gate(gate_);
    if (board_.recount.running) return;
    board_.recount = {};
    board_.recount.running = true;
    stage_ = 0;
    cursor_ = 0;
    counted_.clear();
}

void Reconciler::slice() {
    readers_.with([&](Reader& reader) {
        const std::uint64_t upTo = lastOfSlice(reader).value_or(kAll);
        std::unique_lock gate(gate_);
        const Reader::Snapshot snapshot(reader);
        reader.connection().integer("SELECT count(*) FROM pause");  // the snapshot begins here
        if (!board_.recount.running) return;
        board_.recount.passed[static_cast<std::size_t>(kStages[stage_])] = upTo;
        gate.unlock();
        if (kStages[stage_] == TallyKey::leftOutOf)
            countLeftOuts(reader, upTo);
        else
            count(reader, upTo);
        cursor_ = upTo == kAll ? 0 : upTo;
        if (upTo == kAll) ++stage_;
    });
}

/// Nothing when what is left is no more than one slice.
std::optional<std::uint64_t> Reconciler::lastOfSlice(Reader& reader) const {
    sqlite::Statement select(reader.connection(),
                             kStages[stage_] == TallyKey::delivery
                                 ? "SELECT id FROM delivery WHERE id > ? ORDER BY id"
                                   " LIMIT 1 OFFSET ?"
                                 : "SELECT seq FROM message WHERE seq > ? ORDER BY seq"
                                   " LIMIT 1 OFFSET ?");
    auto row = select(cursor_, kSlice - 1);
    if (!row.step()) return {};
    return row.number<std::uint64_t>(0);
}

void Reconciler::count(Reader& reader, std::uint64_t upTo) {
    const int kind = kStages[stage_];
    sqlite::Statement select(
        reader.connection(),
        kind == TallyKey::message
            ? "SELECT source, state, count(*) FROM message WHERE seq > ? AND seq <= ? GROUP BY 1, 2"
            : "SELECT destination, state, count(*) FROM delivery WHERE id > ? AND id <= ?"
              " GROUP BY 1, 2");
    auto rows = select(cursor_, upTo);
    while (rows.step()) counted_[{kind, rows.integer(0), rows.number<int>(1)}] += rows.integer(2);
}

void Reconciler::countLeftOuts(Reader& reader, std::uint64_t upTo) {
    leftOuts(
        reader.connection(), reader.seal(), cursor_, upTo,
        [&](std::string_view partner) { return names_.id(partner).value_or(-1); },
        [&](std::int64_t name) {
            ++counted_[{TallyKey::leftOutOf, name, 0}];
        });
}

/// All is counted: the changes meanwhile and the tally of this one moment.
void Reconciler::end() {
    Tally tally;
    {
        const std::lock_guard gate(gate_);
        if (!board_.recount.running) return;
        for (const auto& [key, change] : board_.recount.changes) counted_[key] += change;
        board_.recount = {};
        const std::lock_guard lock(board_.mutex);
        tally = board_.tally;
    }
    Reconciled all;
    const auto each = [&](const Tally& keys) {
        for (const auto& [key, n] : keys) {
            const std::string name = names_.text(key.name).value_or("");
            if (key.kind == TallyKey::message || key.kind == TallyKey::accepted)
                all.sources[name] = account(TallyKey::accepted, key.name, TallyKey::message, tally);
            else if (key.kind == TallyKey::delivery || key.kind == TallyKey::intended)
                all.destinations[name] =
                    account(TallyKey::intended, key.name, TallyKey::delivery, tally);
            else if (key.kind == TallyKey::leftOutOf)
                all.destinations[name] =
                    account(TallyKey::leftOutOf, key.name, TallyKey::leftOutOf, tally);
        }
    };
    each(tally);
    each(counted_);
    last_ = std::move(all);
}

/// @param kind  of the rows
Reconciled::Account Reconciler::account(int in, std::int64_t name, int kind,
                                        const Tally& tally) const {
    const auto number = [](std::int64_t n) {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, n));
    };
    Reconciled::Account account;
    account.in = number(of(tally, {in, name, 0}));
    if (kind == TallyKey::leftOutOf) {
        account.leftOut = number(of(counted_, {kind, name, 0}));
        account.finished = number(of(tally, {TallyKey::erased, name, 0}));
        return account;
    }
    std::uint64_t tallied = 0;
    auto asPut = account.states;  // those rows that are in the state into which they were put
    const int last = kind == TallyKey::message ? static_cast<int>(MessageState::refused)
                                               : static_cast<int>(DeliveryState::closed);
    for (int state = 0; state <= last; ++state) {
        const TallyKey key{kind, name, state};
        const std::uint64_t there = number(of(counted_, key)), put = number(of(tally, key));
        tallied += put;
        if (there != 0) account.states[stateOf(kind, state)] = there;
        if (std::min(there, put) != 0) asPut[stateOf(kind, state)] = std::min(there, put);
    }
    // A row that changed its state behind our back, or a tally that did, is a gap too.
    if (account.gap() == 0) account.states = std::move(asPut);
    if (account.gap() == 0) account.in = tallied;
    return account;
}

}  // namespace gateway
