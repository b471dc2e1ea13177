#include "store/plan_register.h"

#include "store/pack.h"

namespace gateway {

namespace {

std::vector<std::pair<std::string, std::string>> factsOf(std::string_view packed) {
    std::vector<std::string> texts = unpackTexts(packed);
    std::vector<std::pair<std::string, std::string>> facts;
    for (std::size_t i = 0; i + 1 < texts.size(); i += 2)
        facts.emplace_back(std::move(texts[i]), std::move(texts[i + 1]));
    return facts;
}

/// Of queued ones and what goes on with them since they were made, of others since they are so.
Time since(DeliveryState state, Time queued, Time changed) {
    return state == DeliveryState::queued || state == DeliveryState::inflight ? queued : changed;
}

}  // namespace

void PlanRegister::tell(std::uint64_t row, std::string_view message,
                        const std::string& what) const {
    {
        const std::lock_guard lock(mutex_);
        if (!told_.insert(row).second) return;
    }
    damaged_(message, what);
}

/// @throws Error(internal) when it is damaged: it is not the store's trouble that goes by, but what
/// needs this entry has to wait for a person
RegisterEntry PlanRegister::entryOf(Reader& reader, const sqlite::Query& row) const {
    const auto number = row.number<std::uint64_t>(0);
    RegisterEntry entry;
    entry.key = row.string(1);
    entry.network = row.string(2);
    entry.edition = row.string(3);
    entry.state = row.string(4);
    if (!row.null(5)) entry.due = row.time(5);
    entry.dueReason = row.string(6);
    if (!row.null(9)) entry.message = ids_.message(row.number<std::uint64_t>(9));
    entry.changed = row.time(10);
    entry.revision = row.number<std::uint64_t>(11);
    try {
        entry.barred = unpackTexts(row.blob(7));
        entry.facts = factsOf(reader.seal().text(Seal::Purpose::entry, number, row, 8));
    } catch (const Error& error) {
        tell(number, entry.message, error.what());
        throw Error(Fault::internal, "register",
                    {"what the register keeps of this plan is damaged: restore the store from a "
                     "backup",
                     "ce que le registre garde de ce plan est endommagé : restaurer une "
                     "sauvegarde de la base"});
    }
    return entry;
}

std::vector<RegisterEntry> PlanRegister::wholeOnes(Reader& reader, sqlite::Query& rows,
                                                   std::size_t most) const {
    std::vector<RegisterEntry> entries;
    while (entries.size() < most && rows.step()) try {
            entries.push_back(entryOf(reader, rows));
        } catch (const Error&) {  // told of; the others do not wait for it
        }
    return entries;
}

std::optional<RegisterEntry> PlanRegister::find(std::string_view key) const {
    return readers_.with([&](Reader& reader) -> std::optional<RegisterEntry> {
        auto row = reader.sql().plan(key);
        if (!row.step()) return {};
        return entryOf(reader, row);
    });
}

std::vector<RegisterReceipt> PlanRegister::receipts(std::string_view key) const {
    return readers_.with([&](Reader& reader) {
        std::vector<RegisterReceipt> receipts;
        auto rows = reader.sql().receipts(key);
        while (rows.step())
            receipts.push_back({rows.string(0), rows.string(1),
                                ids_.delivery(rows.number<std::uint64_t>(2)), rows.time(3)});
        return receipts;
    });
}

std::vector<RegisterEntry> PlanRegister::dueBefore(Time instant, std::size_t most) const {
    return readers_.with([&](Reader& reader) {
        auto rows = reader.sql().due(instant);
        return wholeOnes(reader, rows, most);
    });
}

std::vector<RegisterEntry> PlanRegister::known(std::string_view subjectOrLabel, std::size_t most,
                                               std::string_view after) const {
    const std::string hash = hash_(KeyedHash::Purpose::subject, subjectOrLabel);
    return readers_.with([&](Reader& reader) {
        std::vector<RegisterEntry> entries;
        auto rows = reader.sql().plansKnownBy(sqlite::Blob{hash}, after);
        while (entries.size() < most && rows.step()) entries.push_back(entryOf(reader, rows));
        return entries;
    });
}

std::vector<RegisterEntry> PlanRegister::ofNetwork(std::string_view network, std::size_t most,
                                                   std::string_view after) const {
    return readers_.with([&](Reader& reader) {
        if (network.empty()) {
            auto rows = reader.sql().plansFrom(after);
            return wholeOnes(reader, rows, most);
        }
        auto rows = reader.sql().plansOf(network, after);
        return wholeOnes(reader, rows, most);
    });
}

std::vector<Register::Waiting> PlanRegister::waiting(std::string_view key) const {
    return readers_.with([&](Reader& reader) {
        std::vector<Waiting> all;
        auto rows = reader.sql().waitingOf(key);
        while (rows.step()) {
            Waiting one;
            one.partner = names_.text(rows.integer(1)).value_or("");
            one.destination = names_.text(rows.integer(2)).value_or("");
            one.edition = rows.string(3);
            one.delivery = ids_.delivery(rows.number<std::uint64_t>(0));
            one.state = rows.number<DeliveryState>(4);
            one.since = since(one.state, rows.time(5), rows.time(6));
            all.push_back(std::move(one));
        }
        return all;
    });
}

}  // namespace gateway
