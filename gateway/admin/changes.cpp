#include "admin/changes.h"

#include <algorithm>
#include <span>

#include "admin/proven.h"
#include "admin/views.h"
#include "pipeline/mailbox.h"

namespace gateway {
namespace {

/// So many are changed in one commit.
constexpr std::size_t kPortion = 1000;

using Results = std::vector<std::optional<Reason>>;

/// What would be done, and is not.
std::string wouldBe(const std::vector<Chosen>& all) {
    JsonWriter json;
    json.beginObject().name("results").beginArray();
    for (const Chosen& one : all) {
        json.beginObject().field("id", one.id).name("done").flag(false);
        json.field("message", one.message).field("destination", one.destination);
        json.field("state", one.state);
        write(json, "reason", one.reason);
        json.endObject();
    }
    return json.endArray().endObject().take();
}

void demand(Decided what, const Wish& wish) {
    if (what == Decided::close && wish.why.empty())
        throw Error(Fault::malformed, "why",
                    Reason{"a reason must be given", "il faut donner un motif"});
    if (what == Decided::settle && wish.on > currentTime())
        throw Error(Fault::malformed, "on",
                    Reason{"is in the future: only what has been handed over is settled",
                           "est à venir : seul ce qui a été remis peut être réglé"});
}

Results apply(Store& store, Pipeline& pipeline, Decided what, const Wish& wish,
              std::span<const std::string> ids) {
    switch (what) {
        case Decided::replay:
            return wish.translate ? store.retranslate(ids, wish.by) : store.replay(ids, wish.by);
        case Decided::close: return store.close(ids, wish.why, wish.by);
        case Decided::settle: return pipeline.mailbox().handedOver(ids, wish.by, wish.on, wish.why);
    }
    return {};
}

const char* auditedAs(Decided what, const Wish& wish) {
    switch (what) {
        case Decided::replay: return wish.translate ? "retranslate" : "replay";
        case Decided::close: return "close";
        case Decided::settle: return "settle";
    }
    return "";
}

/// What somebody typed for an id may be anything: only what is one is recorded.
AuditRecord recordOf(Decided what, const Wish& wish, std::span<const Chosen> portion,
                     const Results& results) {
    AuditRecord record{whoOf(wish.by), auditedAs(what, wish), {}, wish.why};
    for (const Chosen& one : portion)
        if (!one.state.empty()) record.about.push_back(one.id);
    const auto done = std::count(results.begin(), results.end(), std::nullopt);
    const auto refused = static_cast<std::ptrdiff_t>(results.size()) - done;
    record.result = refused == 0 ? "done" : done == 0 ? "refused" : "partly";
    record.details = {{"done", std::to_string(done)}, {"refused", std::to_string(refused)}};
    noteUser(record, wish.user);
    return record;
}

const char* eventOf(Decided what) {
    switch (what) {
        case Decided::replay: return "replayed";
        case Decided::close: return "closed";
        case Decided::settle: return "handed-over";
    }
    return "";
}

}  // namespace

std::optional<Decided> decided(std::string_view path) {
    if (path == "/messages/replay") return Decided::replay;
    if (path == "/messages/close") return Decided::close;
    if (path == "/messages/settle") return Decided::settle;
    return {};
}

std::string carryOut(Store& store, Pipeline& pipeline, Log& log, Audit* audit, Decided what,
                     const Wish& wish) {
    demand(what, wish);
    const Eligible eligible = what == Decided::settle  ? Eligible::toBePickedUp
                              : what == Decided::close ? Eligible::toBeClosed
                                                       : Eligible::forAPerson;
    const std::vector<Chosen> all =
        wish.filter ? chosen(store, *wish.filter, eligible) : chosen(store, wish.ids, eligible);
    if (wish.dry) return wouldBe(all);
    std::vector<std::string> ids;
    for (const Chosen& one : all) ids.push_back(one.id);
    JsonWriter json;
    json.beginObject().name("results").beginArray();
    for (std::size_t at = 0; at < ids.size(); at += kPortion) {
        const auto portion = std::span(ids).subspan(at, std::min(kPortion, ids.size() - at));
        if (audit) audit->ready();
        const Results results = apply(store, pipeline, what, wish, portion);
        for (std::size_t i = 0; i < portion.size(); ++i) {
            json.beginObject().field("id", portion[i]).name("done").flag(!results[i]);
            if (results[i]) write(json, "why", *results[i]);
            json.endObject();
            if (!results[i]) log.info(eventOf(what), {{"id", portion[i]}, {"by", wish.by}});
        }
        if (audit)
            audit->write(recordOf(what, wish, std::span(all).subspan(at, portion.size()), results));
    }
    return json.endArray().endObject().take();
}

}  // namespace gateway
