/// list(), show() and body().
#include <algorithm>
#include <limits>

#include "store/pack.h"
#include "store/store_parts.h"

namespace gateway {

namespace {

constexpr std::size_t kPage = 256;  ///< messages looked at in one snapshot
/// So many are sorted for one list; beyond, they are frequent and found by looking from the newest.
constexpr std::int64_t kFew = 10'000;
/// How far the order of numbers and the order of times may differ.
constexpr Milliseconds kDisorder{3'600'000};

/// One damaged value does not hide the others from people.
template <class Read>
Reason readable(Read read) {
    try {
        return read();
    } catch (const Error&) {
        return {"(damaged in the store)", "(endommagé dans la base)"};
    }
}

std::optional<MessageState> messageState(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(MessageState::refused); ++i)
        if (toText(static_cast<MessageState>(i)) == text) return static_cast<MessageState>(i);
    return {};
}

std::optional<DeliveryState> deliveryState(std::string_view text) {
    for (int i = 0; i <= static_cast<int>(DeliveryState::closed); ++i)
        if (toText(static_cast<DeliveryState>(i)) == text) return static_cast<DeliveryState>(i);
    return {};
}

}  // namespace

std::string SqliteStore::nameOf(Reader& reader, const sqlite::Query& row, int column) {
    return row.null(column) ? std::string() : nameOf(reader, row.integer(column));
}

std::string SqliteStore::nameOf(Reader& reader, std::int64_t id) {
    if (id == 0) return {};
    if (const auto known = names_.text(id)) return *known;
    // Committed a moment ago and not yet known to all.
    auto name = reader.sql().name(id);
    return name.step() ? name.string(0) : std::string();
}

DeliveryView SqliteStore::viewOf(Reader& reader, const sqlite::Query& row, bool withAnswer) {
    DeliveryView view;
    view.id = ids_.delivery(row.number<std::uint64_t>(0));
    view.state = row.number<DeliveryState>(2);
    view.unread =
        view.state == DeliveryState::setAside && (row.integer(3) & delivery_flag::unread) != 0;
    view.partner = nameOf(reader, row, 4);
    view.destination = nameOf(reader, row, 5);
    view.mapVersion = nameOf(reader, row, 8);
    view.attempts = row.number<unsigned>(9);
    view.changed = row.time(11);
    view.retryAt = row.time(12);
    view.bytes = row.number<std::uint64_t>(13);
    view.controlId = row.string(17);
    view.plan = row.string(18);
    view.edition = row.string(19);
    const Seal& seal = reader.seal();
    const auto id = row.number<std::uint64_t>(0);
    view.reason = readable([&] { return seal.reason(Seal::Purpose::delivery, id, row, 20); });
    if (!row.null(15) || !row.null(16)) {
        view.answer.emplace();
        view.answer->summary =
            readable([&] { return seal.text(Seal::Purpose::answer, id, row, 16); }).en;
        if (withAnswer)
            if (const Reason damaged = readable([&] {
                    view.answer->body = reader.bodyOrEmpty(row, 15);
                    return Reason();
                });
                !damaged.empty())
                view.answer->summary = damaged.en;
    }
    return view;
}

MessageView SqliteStore::viewOf(Reader& reader, const sqlite::Query& row) {
    MessageView view;
    const auto seq = row.number<std::uint64_t>(0);
    view.id = ids_.message(seq);
    view.state = row.number<MessageState>(1);
    view.source = nameOf(reader, row, 2);
    view.codec = nameOf(reader, row, 3);
    view.configVersion = nameOf(reader, row, 4);
    view.received = row.time(5);
    view.changed = row.time(6);
    view.bytes = row.number<std::uint64_t>(7);
    view.type = row.string(9);
    view.reason =
        readable([&] { return reader.seal().reason(Seal::Purpose::message, seq, row, 12); });
    auto deliveries = reader.sql().deliveriesOf(seq);
    while (deliveries.step()) view.deliveries.push_back(viewOf(reader, deliveries, false));
    return view;
}

/// What is asked of a delivery (state, partner, reason) is asked of one and the same; a message
/// whose own state or reason is meant fits by itself.
bool SqliteStore::fits(const Filter& filter, const MessageView& view) const {
    if (filter.source && *filter.source != view.source) return false;
    if (filter.since && view.received < *filter.since) return false;
    const bool stands = !filter.state || toText(view.state) == *filter.state;
    const auto says = [&](const Reason& reason) {
        return !filter.why || reason.en.find(*filter.why) != std::string::npos ||
               reason.fr.find(*filter.why) != std::string::npos;
    };
    const auto meant = [&](const DeliveryView& one) {
        return (!filter.partner || one.partner == *filter.partner) &&
               (stands || toText(one.state) == *filter.state) &&
               (says(one.reason) || says(view.reason));
    };
    if (!filter.partner && stands && says(view.reason)) return true;
    return std::any_of(view.deliveries.begin(), view.deliveries.end(), meant);
}

std::vector<MessageView> SqliteStore::list(const Filter& filter) {
    std::vector<MessageView> views;
    std::uint64_t before = std::numeric_limits<std::int64_t>::max();
    if (filter.before) {
        const auto seq = ids_.message(*filter.before);
        if (!seq)
            throw Error(Fault::malformed, "before",
                        {"no message has that id", "aucun message n'a cet identifiant"});
        before = *seq;
    }
    if (const auto waiting = waitingOnly(filter, before)) return *waiting;
    // Page by page, so that no snapshot keeps the write-ahead log from starting again.
    for (bool more = true; more && views.size() < filter.most;) {
        readers_->with([&](Reader& reader) {
            // Looked up in memory first: what leaves it meanwhile is in the snapshot then.
            const Named sought = named(filter);
            const Reader::Snapshot snapshot(reader);
            const std::vector<std::uint64_t> page = candidates(reader, filter, sought, before);
            more = page.size() >= kPage;
            for (const std::uint64_t seq : page) {
                if (views.size() >= filter.most) break;
                before = seq;
                auto row = reader.sql().message(seq);
                if (!row.step()) continue;
                if (filter.since && row.time(5) < *filter.since - kDisorder) {
                    more = false;
                    return;
                }
                MessageView view = viewOf(reader, row);
                if (fits(filter, view)) views.push_back(std::move(view));
            }
        });
    }
    return views;
}

/// The newest below `before` that may fit, by the index that says most; a page or more of them
/// unless there are no more.
std::vector<std::uint64_t> SqliteStore::candidates(Reader& reader, const Filter& filter,
                                                   const Named& named, std::uint64_t before) {
    std::vector<std::uint64_t> found;
    std::uint64_t known = 0;  // whole down to here
    const auto add = [&](sqlite::Query rows) {
        const std::size_t had = found.size();
        while (rows.step()) found.push_back(rows.number<std::uint64_t>(0));
        if (found.size() - had >= kPage) known = std::max(known, found.back());
    };
    if (filter.subject || filter.controlId) return find(reader, filter, named, before);
    auto& sql = reader.sql();
    const auto message = filter.state ? messageState(*filter.state) : std::nullopt;
    const auto delivery = filter.state ? deliveryState(*filter.state) : std::nullopt;
    const bool byState =
        (message || delivery) && message != MessageState::received &&
        delivery != DeliveryState::queued && delivery != DeliveryState::inflight &&
        (tallied(message, delivery) <= kFew || (!filter.partner && !filter.source));
    if (byState) {
        if (message) add(sql.messagesIn(*message, before, kPage));
        if (delivery) add(sql.deliveriesIn(*delivery, before, kPage));
        std::sort(found.begin(), found.end(), std::greater<>());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        std::erase_if(found, [&](std::uint64_t seq) { return seq < known; });
    } else if (message == MessageState::received) {
        add(sql.openMessages(*message, before, kPage));
    } else if (filter.partner) {
        if (const auto name = names_.id(*filter.partner))
            add(sql.deliveriesTo(*name, before, message ? std::nullopt : delivery, kPage));
    } else if (filter.source) {
        if (const auto name = names_.id(*filter.source))
            add(sql.messagesFrom(*name, before, kPage));
    } else if (delivery && !message) {
        add(sql.deliveriesStill(*delivery, before, kPage));
    } else {
        add(sql.messagesBefore(before, kPage));
    }
    return found;
}

SqliteStore::Named SqliteStore::named(const Filter& filter) const {
    Named named;
    if (filter.controlId) {
        named.control = (*hash_)(Purpose::control, *filter.controlId);
        named.messages = hashes_.places(HashIndex::Kind::control, named.control);
        named.deliveries = hashes_.places(HashIndex::Kind::sent, named.control);
    }
    if (filter.subject) {
        named.subject = (*hash_)(Purpose::subject, *filter.subject);
        if (!filter.controlId)
            named.messages = hashes_.places(HashIndex::Kind::subject, named.subject);
    }
    return named;
}

std::vector<std::uint64_t> SqliteStore::find(Reader& reader, const Filter& filter,
                                             const Named& named, std::uint64_t before) {
    auto& sql = reader.sql();
    std::vector<std::uint64_t> found;
    const auto is = [](sqlite::Query row) { return row.step(); };
    const auto about = [&](std::uint64_t seq) {
        return named.subject.empty() || is(sql.messageAbout(seq, sqlite::Blob{named.subject}));
    };
    HashIndex::search(sql.hashes, named.messages, [&](std::uint64_t seq) {
        const bool again = !found.empty() && found.back() == seq;  // it names a person twice
        if (seq < before && !again && about(seq) &&
            (named.control.empty() || is(sql.messageCalled(seq, sqlite::Blob{named.control}))))
            found.push_back(seq);
        return found.size() >= kPage;
    });
    const std::uint64_t known = found.size() >= kPage ? found.back() : 0;  // whole down to here
    const auto add = [&](std::uint64_t seq) {
        if (seq < before && seq >= known && about(seq)) found.push_back(seq);
    };
    if (filter.controlId) {
        HashIndex::search(sql.hashes, named.deliveries, [&](std::uint64_t id) {
            auto row = sql.deliveryCalled(id, sqlite::Blob{named.control});
            if (row.step()) add(row.number<std::uint64_t>(0));
            return false;
        });
        if (const auto own = ids_.delivery(*filter.controlId)) {
            auto row = sql.delivery(*own);
            if (row.step()) add(row.number<std::uint64_t>(1));
        }
    }
    std::sort(found.begin(), found.end(), std::greater<>());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::int64_t SqliteStore::tallied(std::optional<MessageState> message,
                                  std::optional<DeliveryState> delivery) {
    std::int64_t sum = 0;
    const std::lock_guard lock(board_.mutex);
    for (const auto& [key, n] : board_.tally)
        if ((key.kind == TallyKey::message && message && key.state == static_cast<int>(*message)) ||
            (key.kind == TallyKey::delivery && delivery &&
             key.state == static_cast<int>(*delivery)))
            sum += n;
    return sum;
}

std::optional<std::vector<MessageView>> SqliteStore::waitingOnly(const Filter& filter,
                                                                 std::uint64_t before) {
    if (!filter.state || filter.subject || filter.controlId) return {};
    const auto message = messageState(*filter.state);
    const auto delivery = deliveryState(*filter.state);
    const bool open =
        (!message || *message == MessageState::received || *message == MessageState::held) &&
        (!delivery || !finished(*delivery));
    if (!open) return {};
    if (!message && !delivery) return std::vector<MessageView>();
    const std::int64_t count = tallied(message, delivery);
    if (count == 0) return std::vector<MessageView>();
    if (count > kFew || (message != MessageState::received && delivery != DeliveryState::queued &&
                         delivery != DeliveryState::inflight))
        return {};
    std::vector<std::uint64_t> flying;
    if (delivery == DeliveryState::inflight) {
        const std::lock_guard lock(board_.mutex);
        flying = board_.lanes.inflight();
    }
    std::vector<std::uint64_t> found;
    std::vector<MessageView> views;
    readers_->with([&](Reader& reader) {
        const Reader::Snapshot snapshot(reader);
        auto& sql = reader.sql();
        if (message) {
            auto rows = sql.openMessages(*message, before, -1);
            while (rows.step()) found.push_back(rows.number<std::uint64_t>(0));
        }
        for (const std::uint64_t id : flying) {
            auto row = sql.delivery(id);
            if (row.step() && row.number<std::uint64_t>(1) < before)
                found.push_back(row.number<std::uint64_t>(1));
        }
        if (delivery && delivery != DeliveryState::inflight) {
            auto rows = sql.openOfDeliveries(*delivery, before);
            while (rows.step()) found.push_back(rows.number<std::uint64_t>(0));
        }
        std::sort(found.begin(), found.end(), std::greater<>());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        for (const auto seq : found) {
            if (views.size() >= filter.most) break;
            auto row = sql.message(seq);
            if (!row.step()) continue;
            MessageView view = viewOf(reader, row);
            if (fits(filter, view)) views.push_back(std::move(view));
        }
    });
    return views;
}

std::optional<MessageView> SqliteStore::show(std::string_view messageId) {
    const auto seq = ids_.message(messageId);
    if (!seq) return {};
    return readers_->with([&](Reader& reader) -> std::optional<MessageView> {
        const Reader::Snapshot snapshot(reader);
        auto row = reader.sql().message(*seq);
        if (!row.step()) return {};
        MessageView view = viewOf(reader, row);
        view.deliveries.clear();
        readable([&] {
            view.facts = unpackFacts(reader.seal().text(Seal::Purpose::facts, *seq, row, 10));
            return Reason();
        });
        std::map<std::uint64_t, std::string> partners;
        std::vector<EventView> born;
        auto deliveries = reader.sql().deliveriesOf(*seq);
        while (deliveries.step()) {
            view.deliveries.push_back(viewOf(reader, deliveries, true));
            const DeliveryView& one = view.deliveries.back();
            partners[deliveries.number<std::uint64_t>(0)] = one.partner;
            if (deliveries.integer(3) & delivery_flag::born)
                born.push_back({deliveries.time(10),
                                one.id,
                                std::string(toText(DeliveryState::queued)),
                                one.partner,
                                {}});
        }
        addTimeline(reader, *seq, view, partners, std::move(born));
        return view;
    });
}

void SqliteStore::addTimeline(Reader& reader, std::uint64_t seq, MessageView& view,
                              const std::map<std::uint64_t, std::string>& partners,
                              std::vector<EventView> born) {
    view.timeline.push_back(
        {view.received, {}, std::string(toText(MessageState::received)), {}, {}});
    auto events = reader.sql().events(seq);
    while (events.step()) {
        EventView event;
        event.at = events.time(2);
        event.what = toText(What{events.number<int>(3)});
        event.text = readable([&] {
            std::vector<std::string> words =
                parted(reader.seal().text(Seal::Purpose::event, events.number<std::uint64_t>(0),
                                          events, 4),
                       3);
            event.partner = std::move(words[0]);
            if (events.number<int>(3) != What::answer().code)
                return Reason(std::move(words[1]), std::move(words[2]));
            const std::string said = words[1] + (words[2].empty() ? "" : ": " + words[2]);
            return Reason(said, said);
        });
        if (!events.null(1)) {
            const auto delivery = events.number<std::uint64_t>(1);
            event.delivery = ids_.delivery(delivery);
            if (const auto found = partners.find(delivery); found != partners.end())
                event.partner = found->second;
        }
        view.timeline.push_back(std::move(event));
        // New deliveries follow the translation that made them.
        if (events.number<int>(3) == What::of(MessageState::translated).code) {
            for (EventView& one : born) view.timeline.push_back(std::move(one));
            born.clear();
        }
    }
    for (EventView& one : born) view.timeline.push_back(std::move(one));
}

std::optional<Bytes> SqliteStore::body(std::string_view messageOrDeliveryId) {
    const auto seq = ids_.message(messageOrDeliveryId);
    const auto id = ids_.delivery(messageOrDeliveryId);
    if (!seq && !id) return {};
    return readers_->with([&](Reader& reader) -> std::optional<Bytes> {
        const Reader::Snapshot snapshot(reader);
        auto row = seq ? reader.sql().message(*seq) : reader.sql().delivery(*id);
        const int column = seq ? 8 : 14;
        const int size = seq ? 7 : 13;
        if (!row.step() || (row.null(column) && row.integer(size) != 0)) return {};
        return reader.bodyOrEmpty(row, column, row.number<std::size_t>(size));
    });
}

}  // namespace gateway
