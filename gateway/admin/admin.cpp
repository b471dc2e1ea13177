#include "admin/admin.h"

#include <algorithm>
#include <variant>

#include "admin/asked.h"
#include "admin/changes.h"
#include "admin/doorkeeper.h"
#include "admin/person.h"
#include "admin/proven.h"
#include "admin/status.h"
#include "admin/store_care.h"
#include "admin/views.h"
#include "gateway/error.h"
#include "gateway/state.h"
#include "http/server.h"
#include "watch/watch_listener.h"

namespace gateway {
namespace {
using http::Request;
using http::Response;

/// Past ones that are told.
constexpr std::size_t kPauses = 1000;
constexpr std::string_view kAsk = "/ask/";

Response jsonResponse(int status, std::string text) {
    return {status, {{"Content-Type", "application/json"}}, Bytes(std::move(text))};
}

Response errorResponse(int status, const Reason& what, std::string_view where = {}) {
    JsonWriter json;
    json.beginObject().field("error", what.en);
    if (!what.fr.empty()) json.field("fr", what.fr);
    if (!where.empty()) json.field("where", where);
    return jsonResponse(status, json.endObject().take());
}

int statusOf(Fault fault) {
    switch (fault) {
        case Fault::malformed: return 400;
        case Fault::unsupported:
        case Fault::rejected: return 422;
        case Fault::unavailable: return 503;
        case Fault::uncertain:
        case Fault::internal: return 500;
    }
    return 500;
}

Response unknownId() {
    return errorResponse(
        404, {"no message or delivery of this id", "aucun message ni envoi de cet identifiant"});
}

/// What is asked for by a name that is not configured: whoever finds nothing may have mistyped it.
std::vector<const char*> unknownNames(const Filter& filter, const Setup& setup) {
    std::vector<const char*> unknown;
    if (filter.source && !setup.sources.contains(*filter.source)) unknown.push_back("source");
    if (filter.partner && setup.directory && !setup.directory->find(*filter.partner))
        unknown.push_back("partner");
    return unknown;
}

Response listed(const std::vector<MessageView>& messages, const Filter& filter,
                const Setup& setup) {
    JsonWriter json;
    json.beginObject().name("messages").beginArray();
    for (const MessageView& message : messages) write(json, message, Depth::heads);
    json.endArray().name("not_configured").beginArray();
    for (const char* const name : unknownNames(filter, setup)) json.text(name);
    return jsonResponse(200, json.endArray().endObject().take());
}

bool isEdit(const std::string& path) {
    return path.starts_with("/messages/") && path.ends_with("/edit");
}

bool changes(const std::string& path) {
    return decided(path) || path == "/messages/find" || path == "/pause" || path == "/resume" ||
           path == "/alerts/test" || path == "/audit/person" || path.starts_with(kAsk) ||
           isEdit(path);
}

/// All that may be named to be paused.
std::vector<std::string> endsOf(const Setup& setup) {
    std::vector<std::string> all;
    for (const auto& [name, source] : setup.sources) all.push_back(name);
    for (const auto& [name, destination] : setup.destinations)
        all.insert(all.end(), {name, destination.partner});
    return all;
}

}  // namespace

struct Admin::Parts {
    Parts(Store& s, Pipeline& p, Watch& w, Log& l, AdminOptions o)
        : store(s),
          pipeline(p),
          watch(w),
          log(l),
          options(std::move(o)),
          doorkeeper(options.people ? options.people
                                    : std::make_shared<const People>(std::vector<Person>()),
                     l, options.audit),
          server(serving(), handler(), log) {
        if (!options.listen) return;
        http::ServerOptions remote = *options.listen;
        remote.limits.bodyBytes = 16 << 20;
        remote.tlsRefused = [this](const http::TlsRefusal& one) { doorkeeper.turnedAway(one); };
        listener = std::make_unique<http::Server>(
            std::move(remote), [this](const Request& request) { return overNetwork(request); }, log,
            [this](Request& request) { return doorkeeper.gate(request); });
    }

    http::ServerOptions serving() const {
        http::ServerOptions serving;
        serving.socket = options.socket;
        serving.limits.bodyBytes = 16 << 20;
        serving.limits.connections = serving.limits.perPeer = 50;
        return serving;
    }
    http::Handler handler() {
        return [this](const Request& request) { return answer(request); };
    }

    Response answer(const Request& request) noexcept;
    Response overNetwork(const Request& request) noexcept;
    template <class Work>
    Response guarded(const Work& work) noexcept;
    Response route(const Request& request);
    Response find(const Request& request, const Filter& filter);
    void breakGlass(const std::string& id, const Request& request);
    bool isKnown(const std::string& id);
    Response message(const std::string& id, const Request& request);
    Response body(const std::string& id, const Request& request);
    void audit(AuditRecord record, const Request& request) {
        noteUser(record, request.facts.get(kUserFact));
        if (options.audit) options.audit->write(record);
    }
    void auditReady() const {
        if (options.audit) options.audit->ready();
    }
    /// What is refused is recorded too.
    template <class Do>
    void attempt(AuditRecord record, const Request& request, const Do& work) {
        try {
            work();
        } catch (const Error& error) {
            record.result = "refused";
            record.details["where"] = error.where;
            if (error.fault == Fault::rejected) audit(record, request);
            throw;
        }
    }
    Response refusals(const std::string& query);
    Response pauses();
    Response ask(const std::string& question, const Request& request);
    Response person(const Request& request);
    Response edit(const std::string& id, const Request& request);
    Response pauseOrResume(const Request& request, bool pause);
    std::vector<Pause> ends(const std::string& name, bool pausedToo);

    Store& store;
    Pipeline& pipeline;
    Watch& watch;
    Log& log;
    const AdminOptions options;
    Doorkeeper doorkeeper;
    http::Server server;
    std::unique_ptr<http::Server> listener;  ///< null: the socket alone
};

Admin::Admin(Store& store, Pipeline& pipeline, Watch& watch, Log& log, AdminOptions options)
    : parts_(std::make_unique<Parts>(store, pipeline, watch, log, std::move(options))) {}
Admin::~Admin() { stop(); }

void Admin::start() {
    parts_->server.start();
    parts_->log.info("admin-listens", {{"socket", parts_->server.address()}});
    if (!parts_->listener) return;
    parts_->listener->start();
    parts_->log.info("admin-listens", {{"listen", parts_->listener->address()}});
}

void Admin::stop() {
    if (parts_->listener) parts_->listener->stop(Milliseconds(2000));
    parts_->server.stop(Milliseconds(2000));
}

std::string Admin::address() const {
    return parts_->listener ? parts_->listener->address() : std::string();
}

void Admin::use(std::shared_ptr<const People> people) { parts_->doorkeeper.use(std::move(people)); }

Response Admin::Parts::answer(const Request& request) noexcept {
    return guarded([&] { return route(ownersRequest(request)); });
}

Response Admin::Parts::overNetwork(const Request& request) noexcept {
    return guarded([&] {
        auto admitted = doorkeeper.admit(request);
        if (auto* const refused = std::get_if<Response>(&admitted)) return std::move(*refused);
        return route(std::get<Request>(admitted));
    });
}

template <class Work>
Response Admin::Parts::guarded(const Work& work) noexcept {
    try {
        return work();
    } catch (const Error& error) {
        if (error.fault == Fault::internal)
            log.error("admin-failed", {{"where", error.where}, {"what", error.what()}});
        return errorResponse(statusOf(error.fault), error.reason(), error.where);
    } catch (const std::exception&) {
        log.error("admin-failed");
        return errorResponse(500,
                             {"internal error, see the log", "erreur interne, voir le journal"});
    }
}

Response Admin::Parts::route(const Request& request) {
    const std::string& path = request.path;
    if (path.starts_with("/store/")) return careOfStore(store, watch, log, options.audit, request);
    const bool post = changes(path);
    if (request.method != (post ? "POST" : "GET")) {
        Response refused =
            errorResponse(405, {"another method is needed here", "il faut une autre méthode ici"});
        refused.headers.add("Allow", post ? "POST" : "GET");
        return refused;
    }
    if (path == "/messages/find") return find(request, filterOf(wishIn(request)));
    if (path == "/pause" || path == "/resume") return pauseOrResume(request, path == "/pause");
    if (path == "/alerts/test")
        return jsonResponse(200, triedText(watch.test(wishIn(request)["receiver"].text)));
    if (path == "/audit/person") return person(request);
    if (path.starts_with(kAsk)) return ask(path.substr(kAsk.size()), request);
    if (isEdit(path)) return edit(path.substr(10, path.size() - 15), request);
    if (const auto what = decided(path)) {
        Wish wish = wishOf(wishIn(request));
        wish.user = request.facts.get(kUserFact);
        return jsonResponse(200, carryOut(store, pipeline, log, options.audit, *what, wish));
    }
    if (path == "/refusals") return refusals(request.query);
    if (path == "/pauses") return pauses();
    if (auto watched = watchAnswer(watch, request)) return std::move(*watched);
    if (path == "/status")
        return jsonResponse(200, statusText(watch.look(), watch.alerts(), watch.readiness()));
    if (path == "/alerts") return jsonResponse(200, alertsText(watch.alerts(), watch.tellings()));
    if (path == "/unmapped") {
        JsonWriter json;
        write(json, pipeline.unmapped());
        return jsonResponse(200, json.take());
    }
    if (path == "/messages") return find(request, filterOf(queryIn(request)));
    if (path.starts_with("/messages/") && path.ends_with("/body"))
        return body(path.substr(10, path.size() - 15), request);
    if (path.starts_with("/messages/")) return message(path.substr(10), request);
    return errorResponse(404, {"nothing is at this path", "il n'y a rien à ce chemin"});
}

/// Who looks for a person is recorded, with what they saw by it.
Response Admin::Parts::find(const Request& request, const Filter& filter) {
    const std::vector<MessageView> found = store.list(filter);
    Response answer = listed(found, filter, *pipeline.setup());
    if (!filter.subject) return answer;
    AuditRecord record{askerOf(request), "search", {}, {}};
    for (const MessageView& message : found) record.about.push_back(message.id);
    record.details["found"] = std::to_string(found.size());
    audit(record, request);
    return answer;
}

/// Content is behind glass: who looks at it, and why, is in the audit before it is shown, and an
/// alert tells others.
void Admin::Parts::breakGlass(const std::string& id, const Request& request) {
    if (options.audit == nullptr)
        throw Error(Fault::unavailable, "audit",
                    {"there is no audit: no content is shown",
                     "il n'y a pas de journal d'audit : aucun contenu n'est montré"});
    const std::string by = askerOf(request), peer(request.facts.get("peer"));
    audit({by,
           "break-glass",
           {id},
           std::string(request.facts.get(kReasonFact)),
           "done",
           {{"listener", "admin"}, {"peer", peer}}},
          request);
    log.warning("break-glass", {{"by", by}, {"peer", peer}});
    const std::string user(request.facts.get(kUserFact));
    watch.glassBroken(user.empty() || user == by ? by : by + " (" + user + ")");
}

/// What somebody types for an id may be anything: only what is one is recorded.
bool Admin::Parts::isKnown(const std::string& id) {
    return store.show(id).has_value() || !messageOf(store, id).empty();
}

Response Admin::Parts::message(const std::string& id, const Request& request) {
    std::optional<MessageView> message = store.show(id);
    if (!message) message = store.show(messageOf(store, id));
    if (!message) return unknownId();
    const bool words = !request.facts.get(kReasonFact).empty();
    if (words) breakGlass(id, request);
    JsonWriter json;
    write(json, *message, words ? Depth::words : Depth::timeline);
    return jsonResponse(200, json.take());
}

Response Admin::Parts::body(const std::string& id, const Request& request) {
    const std::optional<Bytes> bytes = store.body(id);
    if (!bytes)
        return errorResponse(
            404, {"no bytes are kept under this id", "rien n'est gardé sous cet identifiant"});
    breakGlass(id, request);
    audit({askerOf(request), "show", {id}, std::string(request.facts.get(kReasonFact))}, request);
    return {200, {{"Content-Type", "application/octet-stream"}}, *bytes};
}

Response Admin::Parts::refusals(const std::string& query) {
    JsonWriter json;
    json.beginObject().name("refusals").beginArray();
    for (const Refusal& one : store.refusals(refusalFilterOf(query))) write(json, one);
    return jsonResponse(200, json.endArray().endObject().take());
}

Response Admin::Parts::pauses() {
    JsonWriter json;
    json.beginObject().name("pauses").beginArray();
    for (const Pause& one : store.pauses()) write(json, PastPause{one, {}, {}});
    for (const PastPause& one : store.pastPauses(kPauses)) write(json, one);
    return jsonResponse(200, json.endArray().endObject().take());
}

Response Admin::Parts::ask(const std::string& question, const Request& request) {
    Asked asked;
    for (const auto& [name, value] : wishIn(request).items) asked[name] = value.text;
    const auto word = [&](std::string_view name) {
        const auto found = asked.find(name);
        return found == asked.end() ? std::string() : found->second;
    };
    const auto setup = pipeline.setup();
    const Looking looking(store, *setup->directory);
    for (const auto& [rule, policy] : setup->policies) {
        AuditRecord record{whoOf(word("by")), "ask", {}, word("why")};
        record.details = {{"question", question}};
        std::optional<std::string> answer;
        attempt(record, request, [&] { answer = policy->answer(question, asked, looking); });
        if (!answer) continue;
        record.about = plansIn(*answer);
        audit(record, request);
        return jsonResponse(200, *std::move(answer));
    }
    return errorResponse(404, {"no policy of the running configuration answers this question",
                               "aucune règle de la configuration en service ne répond à cette "
                               "question"});
}

Response Admin::Parts::person(const Request& request) {
    const JsonValue wish = wishIn(request);
    AuditRecord record{wish["by"].text, "access-report", {}, wish["why"].text};
    if (record.by.empty() || record.why.empty())
        throw Error(Fault::malformed, "why",
                    Reason{"who asks and a reason must be given",
                           "il faut dire qui le demande et donner un motif"});
    std::vector<std::string> found;
    attempt(record, request, [&] { found = aboutPerson(store, pipeline, wish); });
    for (const std::string& id : found)
        if (id.find('/') != id.npos) record.about.push_back(id);  // plans
    record.details["found"] = std::to_string(found.size());
    audit(record, request);
    JsonWriter json;
    json.beginObject().name("about").beginArray();
    for (const std::string& id : found) json.text(id);
    return jsonResponse(200, json.endArray().endObject().take());
}

Response Admin::Parts::edit(const std::string& id, const Request& request) {
    if (!options.edits)
        throw Error(Fault::rejected, "edit",
                    Reason{"editing is off; 'admin: {edit: on}' allows it",
                           "la modification est désactivée ; « admin: {edit: on} » la permet"});
    Edit wish{id, request.body, {}, {}};
    bool dry = false;
    for (const auto& [name, value] : queryIn(request)) {
        if (name == "by") wish.by = value;
        if (name == "why") wish.why = value;
        if (name == "dry") dry = value == "true";
    }
    if (wish.by.empty() || wish.why.empty())
        throw Error(Fault::malformed, "why",
                    Reason{"who asks and a reason must be given",
                           "il faut dire qui le demande et donner un motif"});
    if (!isKnown(id)) return unknownId();
    if (!dry) auditReady();
    AuditRecord record{wish.by, "edit", {id}, wish.why};
    std::string copy;
    attempt(record, request, [&] { copy = pipeline.edit(wish, dry); });
    record.about.push_back(copy);
    if (!dry) audit(record, request);
    if (!dry) log.warning("edited", {{"message", id}, {"copy", copy}, {"by", wish.by}});
    JsonWriter json;
    json.beginObject().field("message", id).field("copy", copy).name("done").flag(!dry);
    return jsonResponse(200, json.endObject().take());
}

/// A source, a destination, or all destinations of a partner; and what is paused under that name
/// although it is not configured any more.
std::vector<Pause> Admin::Parts::ends(const std::string& name, bool pausedToo) {
    std::vector<Pause> found;
    const auto setup = pipeline.setup();
    if (setup->sources.contains(name)) found.push_back({name, true, {}, {}, {}});
    for (const auto& [one, destination] : setup->destinations)
        if (one == name || destination.partner == name) found.push_back({one, false, {}, {}, {}});
    if (found.empty() && pausedToo)
        for (const Pause& one : store.pauses())
            if (one.end == name || one.end.starts_with(name + "/")) found.push_back(one);
    if (found.empty())
        throw Error(Fault::rejected, "end",
                    say("no source, partner or destination of that name is configured{0}",
                        "aucune source, aucun partenaire ni aucune destination de ce nom n'est "
                        "configuré{0}",
                        {didYouMean(name, endsOf(*setup))}));
    return found;
}

Response Admin::Parts::pauseOrResume(const Request& request, bool pause) {
    const JsonValue wish = wishIn(request);
    const std::string& by = wish["by"].text;
    if (by.empty())
        throw Error(Fault::malformed, "by",
                    Reason{"who asks must be named", "il faut dire qui le demande"});
    JsonWriter json;
    json.beginObject().name("ends").beginArray();
    const std::vector<Pause> paused = store.pauses();
    auditReady();
    AuditRecord record{by, pause ? "pause" : "resume", {}, wish["why"].text};
    for (Pause& end : ends(wish["end"].text, !pause)) {
        const auto before = std::find_if(paused.begin(), paused.end(),
                                         [&](const Pause& one) { return one.end == end.end; });
        if (pause) {
            end.by = by;
            end.why = wish["why"].text;
            pipeline.pause(end);
        } else {
            pipeline.resume(end.end, by);
        }
        record.about.push_back(end.end);
        const bool was = before != paused.end();
        if (pause || was) log.info(pause ? "paused" : "resumed", {{"end", end.end}, {"by", by}});
        json.beginObject().field("name", end.end).name("source").flag(end.source);
        json.name("was_paused").flag(was);
        if (was)
            json.field("since", toText(before->at))
                .field("by", before->by)
                .field("why", before->why);
        json.endObject();
    }
    audit(record, request);
    return jsonResponse(200, json.endArray().endObject().take());
}

}  // namespace gateway
