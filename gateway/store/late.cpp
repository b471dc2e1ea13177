/// answered(): what a partner says of a delivery apart from the answer that settled it.
#include <algorithm>

#include "store/pack.h"
#include "store/store_parts.h"

namespace gateway {

namespace {

using Kind = LateResult::Kind;

/// How long a word counts whose speaker is not known to be the partner.
constexpr Milliseconds kHeardFromAnybody = std::chrono::hours(24 * 7);

constexpr std::size_t kSentMost = 64;  ///< deliveries under one id that are looked at

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
        const std::vector<DeliveryRow> rows = sent();
        if (rows.empty()) return {};
        const DeliveryRow* row = word_.partner.empty() ? onlyOne(rows) : newest(rows);
        if (row == nullptr) return noteOn(rows);
        LateResult result;
        result.kind = hear(*row);
        result.message = transaction_.ids().message(row->message);
        result.delivery = transaction_.ids().delivery(row->id);
        result.destination = transaction_.nameText(row->destination);
        return result;
    }

private:
    /// What was sent under that id and may be meant, newest first.
    std::vector<DeliveryRow> sent() {
        std::vector<DeliveryRow> rows;
        for (const std::uint64_t id : candidates()) {
            auto row = readDelivery(transaction_, id);
            if (row && row->attempts != 0 && fits(*row)) rows.push_back(*std::move(row));
        }
        return rows;
    }

    std::vector<std::uint64_t> candidates() {
        std::vector<std::uint64_t> ids;
        if (const auto id = transaction_.ids().delivery(word_.controlId)) {
            auto row = transaction_.sql().getDelivery(*id);
            if (row.step() && row.integer(13) != 0) ids.push_back(*id);
        }
        const auto own = static_cast<std::ptrdiff_t>(ids.size());
        HashIndex::search(transaction_.sql().hashes,
                          transaction_.hashes().places(HashIndex::Kind::sent, prepared_.sent),
                          [&](std::uint64_t id) {
                              auto row = transaction_.sql().sentAs(id);
                              if (row.step() && row.blob(0) == prepared_.sent) ids.push_back(id);
                              return ids.size() > kSentMost;
                          });
        std::sort(ids.begin() + own, ids.end(), std::greater<>());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        return ids;
    }

    bool fits(const DeliveryRow& row) {
        const bool named = !word_.delivery.empty();
        if (named && transaction_.ids().delivery(row.id) != word_.delivery) return false;
        if (word_.partner.empty()) return transaction_.now() - row.changed <= kHeardFromAnybody;
        return named || transaction_.nameText(row.partner) == word_.partner;
    }

    static bool awaits(const DeliveryRow& row) {
        using enum DeliveryState;
        const bool open = row.state == inflight || row.state == delivered || row.state == uncertain;
        return open && !(row.flags & delivery_flag::word);
    }

    /// A partner means his newest; where several were sent, the newest that he has said nothing of.
    static const DeliveryRow* newest(const std::vector<DeliveryRow>& rows) {
        const auto unsaid = std::find_if(rows.begin(), rows.end(), [](const DeliveryRow& row) {
            return !(row.flags & delivery_flag::word);
        });
        return unsaid == rows.end() ? &rows.front() : &*unsaid;
    }

    /// Senders' own ids are short and come again: who is not known to be the partner may mean
    /// another's, or say again what was heard.
    const DeliveryRow* onlyOne(const std::vector<DeliveryRow>& rows) const {
        const DeliveryRow* found = nullptr;
        for (const DeliveryRow& row : rows) {
            const bool said = (row.flags & flagOf(word_)) != 0;
            if (!said && !awaits(row)) continue;
            if (found != nullptr) return nullptr;
            found = &row;
        }
        return found;
    }

    /// Nothing is changed; a person can see it. Once for each, so that no stranger fills timelines.
    LateResult noteOn(const std::vector<DeliveryRow>& rows) {
        const Reason note{"not applied, since it is not known whose it is: " + word_.reason.en,
                          "sans effet, car on ne sait pas de qui cela vient : " + word_.reason.fr};
        const bool anyAwaits = std::any_of(rows.begin(), rows.end(), awaits);
        for (const DeliveryRow& row : rows) {
            if ((anyAwaits && !awaits(row)) || (row.flags & delivery_flag::doubtful)) continue;
            transaction_.event(row.message, row.id, What::note(), {}, note);
            transaction_.sql().markDelivery(row.flags | delivery_flag::doubtful, row.id).run();
        }
        LateResult result;
        result.message = transaction_.ids().message(rows.front().message);
        return result;
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
        leaveLane(transaction_, row);
        return Kind::setAside;
    }

    /// The later word takes the place of the first as proof; both stand on the timeline.
    void write(const DeliveryRow& row, DeliveryState state, const Reason& reason) {
        if (!word_.accepted) recordAnswer(transaction_, row, word_.answer);
        if (row.answerBody) transaction_.eraseBody(*row.answerBody);
        transaction_.sql()
            .settleDelivery(state, finished(state) ? std::nullopt : std::optional<int>(1),
                            (row.flags & delivery_flag::born) | flagOf(word_), transaction_.now(),
                            0, transaction_.body(prepared_.answer),
                            transaction_.seal().cell(Seal::Purpose::answer, row.id,
                                                     std::string_view(word_.answer.summary)),
                            transaction_.seal().words(Seal::Purpose::delivery, row.id, reason),
                            row.id)
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
