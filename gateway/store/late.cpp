/// answered(): what a partner says of a delivery apart from the answer that settled it.
#include "store/pack.h"
#include "store/store_parts.h"

namespace gateway {

namespace {

using Kind = LateResult::Kind;

std::int64_t flagOf(const LateWord& word) {
    return word.accepted ? delivery_flag::accepted : delivery_flag::refused;
}

struct Prepared {
    std::string sent;
    std::vector<Chunk> answer;
};

class Hearing {
public:
    Hearing(Transaction& transaction, const LateWord& word, const Prepared& prepared)
        : transaction_(transaction), word_(word), prepared_(prepared) {}

    LateResult run() {
        LateResult result;
        const auto row = meant();
        if (!row) return result;
        result.kind = hear(*row);
        result.message = transaction_.ids().message(row->message);
        result.delivery = transaction_.ids().delivery(row->id);
        result.destination = transaction_.nameText(row->destination);
        return result;
    }

private:
    /// The newest that was sent under that id to that partner; where several were, the newest that
    /// he has said nothing of.
    std::optional<DeliveryRow> meant() {
        std::optional<DeliveryRow> known;
        for (const std::uint64_t id : candidates()) {
            const auto row = readDelivery(transaction_, id);
            if (!row || row->attempts == 0 || !fits(*row)) continue;
            if (!(row->flags & delivery_flag::word)) return row;
            if (!known) known = row;
        }
        return known;
    }

    std::vector<std::uint64_t> candidates() {
        std::vector<std::uint64_t> ids;
        if (const auto own = transaction_.ids().delivery(word_.controlId)) {
            auto row = transaction_.sql().getDelivery(*own);
            if (row.step() && row.integer(14) != 0) ids.push_back(*own);
        }
        auto rows = transaction_.sql().sentAs(sqlite::Blob{prepared_.sent});
        while (rows.step()) ids.push_back(rows.number<std::uint64_t>(0));
        return ids;
    }

    bool fits(const DeliveryRow& row) {
        if (!word_.delivery.empty()) return transaction_.ids().delivery(row.id) == word_.delivery;
        return word_.partner.empty() || transaction_.nameText(row.partner) == word_.partner;
    }

    Kind hear(const DeliveryRow& row) {
        if (row.flags & flagOf(word_)) return Kind::repeat;
        switch (row.state) {
            case DeliveryState::inflight:
                transaction_.event(row.message, row.id, What::note(), {}, word_.reason);
                write(row, row.state, word_.reason);
                return Kind::kept;
            case DeliveryState::delivered:
                if (!word_.accepted) return setAside(row);
                transaction_.event(row.message, row.id, What::note(), {}, word_.reason);
                write(row, row.state, {});
                return Kind::noted;
            case DeliveryState::uncertain:
                if (!word_.accepted) return setAside(row);
                [[fallthrough]];  // sent again all the same: its lane may be in other hands
            default: transaction_.event(row.message, row.id, What::note(), {}, word_.reason);
        }
        return Kind::noted;
    }

    Kind setAside(const DeliveryRow& row) {
        recordSteps(transaction_, row, DeliveryState::setAside, word_.reason);
        write(row, DeliveryState::setAside, word_.reason);
        if (!row.plan.empty()) transaction_.sql().eraseReceipt(row.plan, row.id).run();
        const auto end = [&] {
            const std::lock_guard lock(transaction_.board().mutex);
            return endOf(transaction_, transaction_.board(), row.destination);
        }();
        transaction_.after([end, lane = row.lane, id = row.id](Board& board) {
            board.lanes.remove(end, lane, id);
        });
        return Kind::setAside;
    }

    /// The later word takes the place of the first as proof; both stand on the timeline.
    void write(const DeliveryRow& row, DeliveryState state, const Reason& reason) {
        if (row.answerBody) transaction_.eraseBody(*row.answerBody);
        transaction_.sql()
            .settleDelivery(state, finished(state) ? std::nullopt : std::optional<int>(1),
                            (row.flags & delivery_flag::born) | flagOf(word_), transaction_.now(),
                            0, transaction_.body(prepared_.answer),
                            sqlite::Text{word_.answer.summary}, sqlite::Text{reason.en},
                            sqlite::Text{reason.fr}, row.id)
            .run();
    }

    Transaction& transaction_;
    const LateWord& word_;
    const Prepared& prepared_;
};

}  // namespace

std::vector<LateResult> SqliteStore::answered(std::span<const LateWord> batch) {
    std::vector<Prepared> prepared(batch.size());
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        prepared[i].sent = (*hash_)(Purpose::control, batch[i].controlId);
        prepared[i].answer = toChunks(batch[i].answer.body.view());
        bytes += batch[i].answer.body.size();
    }
    std::vector<LateResult> results(batch.size());
    if (batch.empty()) return results;
    writer_->write(batch.size(), bytes, [&](Transaction& transaction) {
        for (std::size_t i = 0; i < batch.size(); ++i)
            results[i] = Hearing(transaction, batch[i], prepared[i]).run();
    });
    return results;
}

}  // namespace gateway
