#include "store/register_changes.h"

#include <algorithm>
#include <optional>
#include <set>

#include "store/pack.h"

namespace gateway {
namespace {

/// What stands under a key, as far as a change needs it.
struct Standing {
    std::uint64_t id = 0;
    std::int64_t order = 0;
    std::uint64_t revision = 0;
    std::string network;
    std::optional<Time> due;
    std::string subjects, labels;
};

std::optional<Standing> standing(Transaction& transaction, const std::string& key) {
    auto row = transaction.sql().getPlan(key);
    if (!row.step()) return {};
    Standing one;
    one.id = row.number<std::uint64_t>(0);
    one.order = row.integer(1);
    one.revision = row.number<std::uint64_t>(2);
    one.network = row.string(3);
    if (!row.null(4)) one.due = row.time(4);
    one.subjects = row.blob(5);
    one.labels = row.blob(6);
    return one;
}

std::set<std::string_view> cut(std::string_view one, std::string_view other) {
    std::set<std::string_view> hashes;
    for (std::string_view rest : {one, other})
        for (; rest.size() >= KeyedHash::kSize; rest.remove_prefix(KeyedHash::kSize))
            hashes.insert(rest.substr(0, KeyedHash::kSize));
    return hashes;
}

std::string packed(const std::vector<std::pair<std::string, std::string>>& facts) {
    std::vector<std::string> texts;
    for (const auto& [name, value] : facts) {
        texts.push_back(name);
        texts.push_back(value);
    }
    return packTexts(texts);
}

class Change {
public:
    Change(Transaction& transaction, const RegisterChange& change, const PreparedChange& prepared,
           std::uint64_t seq)
        : transaction_(transaction),
          sql_(transaction.sql()),
          change_(change),
          entry_(change.entry),
          found_(prepared),
          seq_(seq),
          former_(standing(transaction, change.entry.key)) {}

    void run() {
        if (former_ && former_->order > change_.order) return;
        if (change_.remove) return remove();
        keepWhatWasNotNamed();
        findBy(cut(found_.subjects, found_.labels));
        former_ ? replace() : add();
    }

private:
    void remove() {
        if (!former_) return;
        findBy({});
        sql_.removePlan(former_->id).run();
        sql_.eraseReceiptsOf(entry_.key).run();
    }

    /// Who read the entry could not see its hashes, so what comes back without them keeps them.
    void keepWhatWasNotNamed() {
        if (!former_ || !found_.subjects.empty()) return;
        found_.subjects = former_->subjects;
        if (found_.labels.empty()) found_.labels = former_->labels;
    }

    /// Only what differs is written: each hash lies on a page of its own.
    void findBy(const std::set<std::string_view>& wanted) {
        const auto had =
            former_ ? cut(former_->subjects, former_->labels) : std::set<std::string_view>();
        for (const auto hash : had)
            if (!wanted.contains(hash))
                sql_.eraseSubjectOfPlan(sqlite::Blob{hash}, entry_.key).run();
        for (const auto hash : wanted)
            if (!had.contains(hash)) sql_.addSubjectOfPlan(sqlite::Blob{hash}, entry_.key).run();
    }

    sqlite::Cell facts(std::uint64_t id) const {
        return transaction_.seal().cell(Seal::Purpose::entry, id, packed(entry_.facts));
    }

    void add() {
        const std::uint64_t id = transaction_.take(Transaction::Counter::tick);
        sql_.addPlan(id, entry_.key, change_.order, entry_.network, entry_.edition, entry_.state,
                     entry_.due, sqlite::Text{entry_.dueReason},
                     sqlite::Blob{packTexts(entry_.barred)}, facts(id),
                     sqlite::Blob{found_.subjects}, sqlite::Blob{found_.labels}, seq_,
                     transaction_.now())
            .run();
    }

    /// Columns of indexes only where they differ, as SQLite writes the index again otherwise.
    void replace() {
        sql_.setPlan(change_.order, entry_.edition, entry_.state, sqlite::Text{entry_.dueReason},
                     sqlite::Blob{packTexts(entry_.barred)}, facts(former_->id),
                     sqlite::Blob{found_.subjects}, sqlite::Blob{found_.labels}, seq_,
                     transaction_.now(), former_->revision + 1, former_->id)
            .run();
        if (former_->due != entry_.due) sql_.setPlanDue(entry_.due, former_->id).run();
        if (former_->network != entry_.network)
            sql_.setPlanNetwork(entry_.network, former_->id).run();
    }

    Transaction& transaction_;
    WriteStatements& sql_;
    const RegisterChange& change_;
    const RegisterEntry& entry_;
    PreparedChange found_;
    const std::uint64_t seq_;
    const std::optional<Standing> former_;
};

}  // namespace

std::vector<PreparedChange> prepare(const KeyedHash& hash,
                                    std::span<const RegisterChange> changes) {
    std::vector<PreparedChange> prepared(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        for (const std::string& subject : changes[i].entry.subjects)
            prepared[i].subjects += hash(KeyedHash::Purpose::subject, subject);
        for (const std::string& label : changes[i].entry.labels)
            prepared[i].labels += hash(KeyedHash::Purpose::subject, label);
    }
    return prepared;
}

bool overtaken(Transaction& transaction, std::span<const RegisterChange> changes) {
    return std::any_of(changes.begin(), changes.end(), [&](const RegisterChange& change) {
        if (!change.expected) return false;
        const auto there = standing(transaction, change.entry.key);
        return *change.expected != (there ? there->revision : 0);
    });
}

void applyChanges(Transaction& transaction, std::span<const RegisterChange> changes,
                  std::span<const PreparedChange> prepared, std::uint64_t seq) {
    for (std::size_t i = 0; i < changes.size(); ++i)
        Change(transaction, changes[i], prepared[i], seq).run();
}

}  // namespace gateway
