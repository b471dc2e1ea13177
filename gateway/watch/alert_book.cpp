#include "watch/alert_book.h"

#include <algorithm>

#include "core/json_text.h"

namespace gateway {
namespace {

std::uint64_t millis(Time time) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()));
}

Time timeOf(const JsonValue& value) {
    return Time(Milliseconds(static_cast<std::int64_t>(value.number())));
}

/// Whether every receiver there is knows that it is over.
bool allKnow(const Alert& alert, const AlertSetup& setup) {
    return std::all_of(setup.receivers.begin(), setup.receivers.end(), [&](const Receiver& one) {
        const auto told = alert.told.find(one.name);
        return told == alert.told.end() || told->second.over;
    });
}

}  // namespace

std::vector<AlertBook::Change> AlertBook::update(const std::vector<Cause>& causes,
                                                 const AlertSetup& setup, Time now) {
    std::vector<Change> changes;
    for (const Cause& cause : causes) {
        Alert& alert = alerts_[cause.key()];
        const bool fresh = alert.since == Time{} || !alert.lasts();
        if (fresh) {
            alert = {};
            alert.since = now;
            alert.level = 0;
        }
        alert.text = cause.text;
        alert.seen = now;
        alert.sticky = cause.sticky;
        alert.calm = cause.calm;
        if (cause.level > alert.level) {
            alert.level = cause.level;
            changes.push_back({cause.key(), alert});
        }
    }
    for (auto one = alerts_.begin(); one != alerts_.end();) {
        auto& [key, alert] = *one;
        alert.seen = std::min(alert.seen, now);  // the clock may have been put back
        const bool ends = alert.lasts() && alert.seen != now && !alert.sticky &&
                          now - alert.seen >= std::max(alert.calm, setup.calm);
        if (ends) {
            alert.over = now;
            changes.push_back({key, alert});
        }
        one = !alert.lasts() && allKnow(alert, setup) ? alerts_.erase(one) : std::next(one);
    }
    return changes;
}

void AlertBook::mended(const std::string& kind, Time now) {
    for (auto& [key, alert] : alerts_)
        if (key.first == kind && alert.lasts()) alert.over = now;
}

std::optional<AlertBook::Next> AlertBook::next(const std::string& receiver, const AlertSetup& setup,
                                               Time now) const {
    using State = Notice::State;
    for (const auto& [key, alert] : alerts_) {
        const auto told = alert.told.find(receiver);
        if (told == alert.told.end()) {
            if (alert.lasts()) return Next{key, State::open, alert};
            continue;  // over before it could be told
        }
        if (!alert.lasts() && !told->second.over) return Next{key, State::over, alert};
        if (!alert.lasts()) continue;
        if (told->second.level < alert.level) return Next{key, State::worse, alert};
        if (setup.remind.count() > 0 && now - told->second.at >= setup.remind)
            return Next{key, State::reminder, alert};
    }
    return {};
}

void AlertBook::told(const std::string& receiver, const Next& what, Time now) {
    auto found = alerts_.find(what.key);
    if (found == alerts_.end() && what.state != Notice::State::over) {
        // It ended while this was being told: its end is to be told too.
        found = alerts_.emplace(what.key, what.alert).first;
        found->second.over = now;
        found->second.told.clear();
    }
    if (found == alerts_.end() || found->second.since != what.alert.since) return;
    found->second.told[receiver] = {what.alert.level, now, what.state == Notice::State::over};
}

bool AlertBook::open(const Key& key) const {
    const auto found = alerts_.find(key);
    return found != alerts_.end() && found->second.lasts();
}

std::string AlertBook::text() const {
    JsonWriter json;
    json.beginArray();
    for (const auto& [key, alert] : alerts_) {
        json.beginObject().field("kind", key.first).field("end", key.second);
        json.field("en", alert.text.en).field("fr", alert.text.fr);
        json.field("level", static_cast<std::uint64_t>(alert.level));
        json.field("since", millis(alert.since)).field("seen", millis(alert.seen));
        json.field("over", millis(alert.over)).name("sticky").flag(alert.sticky);
        json.field("calm", static_cast<std::uint64_t>(alert.calm.count()));
        json.name("told").beginArray();
        for (const auto& [receiver, told] : alert.told) {
            json.beginObject().field("receiver", receiver).field("at", millis(told.at));
            json.field("level", static_cast<std::uint64_t>(told.level));
            json.name("over").flag(told.over).endObject();
        }
        json.endArray().endObject();
    }
    return json.endArray().take();
}

AlertBook AlertBook::parsed(std::string_view text, Time now) {
    AlertBook book;
    const JsonValue all = parsedJson(text);
    for (const auto& [none, one] : all.items) {
        Alert& alert = book.alerts_[{one["kind"].text, one["end"].text}];
        alert.text = {one["en"].text, one["fr"].text};
        alert.level = static_cast<int>(one["level"].number());
        alert.since = timeOf(one["since"]);
        alert.seen = timeOf(one["seen"]);
        alert.over = timeOf(one["over"]);
        if (alert.lasts()) alert.seen = now;
        alert.sticky = one["sticky"].flag();
        alert.calm = Milliseconds(static_cast<std::int64_t>(one["calm"].number()));
        for (const auto& [nobody, told] : one["told"].items)
            alert.told[told["receiver"].text] = {static_cast<int>(told["level"].number()),
                                                 timeOf(told["at"]), told["over"].flag()};
    }
    return book;
}

}  // namespace gateway
