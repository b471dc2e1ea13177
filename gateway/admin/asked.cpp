#include "admin/asked.h"

#include <algorithm>
#include <charconv>

#include "gateway/config.h"
#include "gateway/error.h"
#include "gateway/state.h"
#include "http/message.h"
#include "words/state_word.h"

namespace gateway {
namespace {

constexpr std::size_t kMost = 1000;
constexpr std::size_t kIds = 1000;
/// Chosen by one filter; who has more waiting asks again.
constexpr std::size_t kChosen = 100'000;

std::uint64_t numberOf(const char* name, const std::string& value) {
    std::uint64_t number = 0;
    const char* const end = value.data() + value.size();
    if (value.empty() || std::from_chars(value.data(), end, number).ptr != end)
        throw Error(Fault::malformed, name, Reason{"expected a number", "un nombre est attendu"});
    return number;
}

std::size_t mostOf(const std::string& value) {
    std::size_t most = 0;
    const char* const end = value.data() + value.size();
    if (std::from_chars(value.data(), end, most).ptr != end || most == 0 || most > kMost)
        throw Error(Fault::malformed, "most",
                    say("expected 1 to {0}", "de 1 à {0} attendu", {std::to_string(kMost)}));
    return most;
}

Time timeOf(const char* name, const std::string& value) {
    try {
        return timeFromText(value);
    } catch (const Error&) {
        throw Error(Fault::malformed, name,
                    Reason{"expected a day such as 2025-03-18, or a time of UTC such as "
                           "2025-03-18T08:42:10Z",
                           "attendu un jour comme 2025-03-18, ou une heure UTC comme "
                           "2025-03-18T08:42:10Z"});
    }
}

/// Of messages, then of deliveries; some are of both.
std::vector<std::string> states() {
    std::vector<std::string> all;
    for (int i = 0; i < static_cast<int>(MessageState::refused); ++i)
        all.emplace_back(toText(static_cast<MessageState>(i)));
    for (int i = 0; i <= static_cast<int>(DeliveryState::closed); ++i) {
        std::string name(toText(static_cast<DeliveryState>(i)));
        if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(std::move(name));
    }
    return all;
}

/// By its name, or by the word that people read for it in either language.
std::string stateOf(const std::string& value) {
    Reason names;
    std::vector<std::string> known;
    for (const std::string& name : states()) {
        const Reason word = stateWord(name);
        if (value == name || value == word.en || value == word.fr) return name;
        const std::string comma = names.empty() ? "" : ", ";
        names.en += comma + name;
        names.fr += comma + word.fr + (word.fr == name ? "" : " (" + name + ")");
        known.insert(known.end(), {name, word.en, word.fr});
    }
    throw Error(
        Fault::malformed, "state",
        say("no state of that name, expected one of {0}{1}",
            "aucun état de ce nom, attendu l'un de {0}{1}", {names, didYouMean(value, known)}));
}

void take(Filter& filter, const std::string& name, const std::string& value) {
    if (name == "state")
        filter.state = stateOf(value);
    else if (name == "source")
        filter.source = value;
    else if (name == "partner")
        filter.partner = value;
    else if (name == "control-id")
        filter.controlId = value;
    else if (name == "why")
        filter.why = value;
    else if (name == "since")
        filter.since = timeOf("since", value);
    else if (name == "before")
        filter.before = value;
    else if (name == "most")
        filter.most = mostOf(value);
    else
        throw Error(Fault::malformed, "query", Reason{"unknown parameter", "paramètre inconnu"});
}

bool narrows(const Filter& filter) {
    return filter.state || filter.source || filter.partner || filter.subject || filter.controlId ||
           filter.why || filter.since;
}

bool isMeant(DeliveryState state, Eligible eligible) {
    if (eligible == Eligible::toBePickedUp) return state == DeliveryState::offered;
    return state == DeliveryState::held || state == DeliveryState::setAside ||
           state == DeliveryState::uncertain;
}
/// What goes its way is ended only where that is said in so many words.
bool isMeant(DeliveryState state, const Filter& filter, Eligible eligible) {
    if (filter.state && *filter.state != toText(state)) return false;
    const bool onItsWay = state == DeliveryState::queued || state == DeliveryState::offered;
    return isMeant(state, eligible) ||
           (eligible == Eligible::toBeClosed && filter.state && onItsWay);
}

bool says(const Reason& reason, const std::optional<std::string>& why) {
    return !why || reason.en.find(*why) != std::string::npos ||
           reason.fr.find(*why) != std::string::npos;
}

Chosen of(const MessageView& message) {
    return {message.id, message.id, {}, std::string(toText(message.state)), message.reason};
}

Chosen of(const MessageView& message, const DeliveryView& delivery) {
    return {delivery.id, message.id, delivery.destination, std::string(toText(delivery.state)),
            delivery.reason};
}

void addFitting(const MessageView& message, const Filter& filter, Eligible eligible,
                std::vector<Chosen>& all) {
    const bool asked = !filter.state || *filter.state == toText(MessageState::held);
    if (message.state == MessageState::held && asked) {
        if (eligible == Eligible::toBePickedUp) return;
        if (!filter.partner && says(message.reason, filter.why)) all.push_back(of(message));
        return;
    }
    for (const DeliveryView& one : message.deliveries)
        if (isMeant(one.state, filter, eligible) &&
            (!filter.partner || *filter.partner == one.partner) && says(one.reason, filter.why))
            all.push_back(of(message, one));
}

/// Without a state when there is none of that id.
Chosen deliveryOf(Store& store, const std::string& id) {
    Filter named;
    named.controlId = id;
    for (const MessageView& message : store.list(named))
        for (const DeliveryView& one : message.deliveries)
            if (one.id == id) return of(message, one);
    return {id, {}, {}, {}, {}};
}

}  // namespace

std::string messageOf(Store& store, const std::string& delivery) {
    return deliveryOf(store, delivery).message;
}

Filter filterOf(const std::vector<std::pair<std::string, std::string>>& query) {
    Filter filter;
    for (const auto& [name, value] : query)
        if (name != "by") take(filter, name, value);
    return filter;
}

Filter filterOf(const JsonValue& members) {
    Filter filter;
    for (const auto& [name, value] : members.items) {
        if (value.kind != JsonValue::Kind::text && value.kind != JsonValue::Kind::number)
            throw Error(Fault::malformed, "filter",
                        Reason{"expected texts and numbers", "attendu des textes et des nombres"});
        if (name == "subject")
            filter.subject = value.text;
        else
            take(filter, name, value.text);
    }
    return filter;
}

RefusalFilter refusalFilterOf(const std::string& query) {
    RefusalFilter filter;
    for (auto& [name, value] : http::queryValues(query)) {
        if (name == "source")
            filter.source = value;
        else if (name == "since")
            filter.since = timeOf("since", value);
        else if (name == "most")
            filter.most = mostOf(value);
        else if (name == "before")
            filter.before = numberOf("before", value);
        else
            throw Error(Fault::malformed, "query",
                        Reason{"unknown parameter", "paramètre inconnu"});
    }
    return filter;
}

Wish wishOf(const JsonValue& body) {
    Wish wish;
    wish.why = body["why"].text;
    wish.by = body["by"].text;
    wish.dry = body["dry"].flag();
    wish.translate = body["translate"].flag();
    if (const std::string& on = body["on"].text; !on.empty()) wish.on = timeOf("on", on);
    for (const auto& [none, id] : body["ids"].items) wish.ids.push_back(id.text);
    if (body["filter"].kind == JsonValue::Kind::object) wish.filter = filterOf(body["filter"]);
    if (wish.filter ? !wish.ids.empty() || !narrows(*wish.filter)
                    : wish.ids.empty() || wish.ids.size() > kIds)
        throw Error(Fault::malformed, "ids",
                    say("expected 1 to {0} ids, or a filter that says which",
                        "de 1 à {0} identifiants, ou un filtre qui dit lesquels, attendus",
                        {std::to_string(kIds)}));
    if (wish.by.empty())
        throw Error(Fault::malformed, "by",
                    Reason{"who asks must be named", "il faut dire qui le demande"});
    return wish;
}

std::vector<Chosen> chosen(Store& store, const std::vector<std::string>& ids, Eligible eligible) {
    std::vector<Chosen> all;
    for (const std::string& id : ids) {
        const std::size_t before = all.size(), slash = std::min(id.find('/'), id.size());
        const std::string partner = id.substr(std::min(slash + 1, id.size()));
        const auto message = store.show(id.substr(0, slash));
        if (message && message->state != MessageState::held)
            for (const DeliveryView& delivery : message->deliveries)
                if (isMeant(delivery.state, eligible) &&
                    (partner.empty() || delivery.partner == partner))
                    all.push_back(of(*message, delivery));
        if (all.size() != before) continue;
        all.push_back(message && partner.empty() ? of(*message) : deliveryOf(store, id));
    }
    return all;
}

std::vector<Chosen> chosen(Store& store, const Filter& filter, Eligible eligible) {
    std::vector<Chosen> all;
    Filter page = filter;
    page.most = kMost;
    for (bool more = true; more && all.size() < kChosen;) {
        const std::vector<MessageView> messages = store.list(page);
        for (const MessageView& message : messages) addFitting(message, filter, eligible, all);
        more = messages.size() == kMost;
        if (more) page.before = messages.back().id;
    }
    // Oldest first: replays go to the ends of lanes in that order.
    std::reverse(all.begin(), all.end());
    return all;
}

}  // namespace gateway
