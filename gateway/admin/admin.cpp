#include "admin/admin.h"

#include <charconv>

#include "admin/status.h"
#include "admin/store_care.h"
#include "admin/views.h"
#include "gateway/error.h"
#include "gateway/state.h"
#include "http/server.h"

namespace gateway {
namespace {
using http::Request;
using http::Response;

constexpr std::size_t kMost = 1000;
constexpr std::size_t kIds = 1000;

Response jsonResponse(int status, std::string text) {
    return {status, {{"Content-Type", "application/json"}}, Bytes(std::move(text))};
}

Response errorResponse(int status, std::string_view what, std::string_view where = {}) {
    JsonWriter json;
    json.beginObject().field("error", what);
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

std::size_t mostOf(const std::string& value) {
    std::size_t most = 0;
    const char* const end = value.data() + value.size();
    if (std::from_chars(value.data(), end, most).ptr != end || most == 0 || most > kMost)
        throw Error(Fault::malformed, "most", "expected 1 to " + std::to_string(kMost));
    return most;
}

Time sinceOf(const std::string& value) {
    try {
        return timeFromText(value);
    } catch (const Error& wrong) {
        throw Error(Fault::malformed, "since", wrong.what());
    }
}

bool isState(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(MessageState::refused); ++i)
        if (toText(static_cast<MessageState>(i)) == name) return true;
    for (int i = 0; i <= static_cast<int>(DeliveryState::closed); ++i)
        if (toText(static_cast<DeliveryState>(i)) == name) return true;
    return false;
}

Filter filterOf(const std::string& query) {
    Filter filter;
    for (auto& [name, value] : http::queryValues(query)) {
        if (name == "state" && !isState(value))
            throw Error(Fault::malformed, "state", "no state of that name");
        if (name == "state")
            filter.state = value;
        else if (name == "source")
            filter.source = value;
        else if (name == "partner")
            filter.partner = value;
        else if (name == "since")
            filter.since = sinceOf(value);
        else if (name == "before")
            filter.before = value;
        else if (name == "most")
            filter.most = mostOf(value);
        else
            throw Error(Fault::malformed, "query", "unknown parameter");
    }
    return filter;
}

/// {"ids": […], "why": …, "by": …} of a POST.
struct Wish {
    std::vector<std::string> ids;
    std::string why;
    std::string by;
};

Wish wishOf(const Request& request) {
    const JsonValue body = parsedJson(request.body.view());
    Wish wish{{}, body["why"].text, body["by"].text};
    for (const auto& [none, id] : body["ids"].items) wish.ids.push_back(id.text);
    if (wish.ids.empty() || wish.ids.size() > kIds)
        throw Error(Fault::malformed, "ids", "expected 1 to " + std::to_string(kIds) + " ids");
    if (wish.by.empty()) throw Error(Fault::malformed, "by", "who asks must be named");
    return wish;
}

bool waitsForAPerson(DeliveryState state) {
    return state == DeliveryState::held || state == DeliveryState::setAside ||
           state == DeliveryState::uncertain;
}

}  // namespace

struct Admin::Parts {
    Parts(Store& s, const Pipeline& p, Log& l, AdminOptions o)
        : store(s), pipeline(p), log(l), options(std::move(o)), server(serving(), handler(), log) {}

    http::ServerOptions serving() const {
        http::ServerOptions serving;
        serving.socket = options.socket;
        serving.limits.bodyBytes = 1 << 20;
        serving.limits.connections = serving.limits.perPeer = 50;
        return serving;
    }
    http::Handler handler() {
        return [this](const Request& request) { return answer(request); };
    }

    Response answer(const Request& request) noexcept;
    Response route(const Request& request);
    Response health(const std::string& path);
    Response messages(const Request& request);
    Response message(const std::string& id);
    Response body(const std::string& id);
    Response change(const Request& request, bool replay);
    std::vector<std::string> waiting(const std::vector<std::string>& ids);

    Store& store;
    const Pipeline& pipeline;
    Log& log;
    const AdminOptions options;
    const Time started = currentTime();
    http::Server server;
};

Admin::Admin(Store& store, const Pipeline& pipeline, Log& log, AdminOptions options)
    : parts_(std::make_unique<Parts>(store, pipeline, log, std::move(options))) {}
Admin::~Admin() { stop(); }

void Admin::start() {
    parts_->server.start();
    parts_->log.info("admin-listens", {{"socket", parts_->server.address()}});
}

void Admin::stop() { parts_->server.stop(Milliseconds(2000)); }

Response Admin::Parts::answer(const Request& request) noexcept {
    try {
        return route(request);
    } catch (const Error& error) {
        if (error.fault == Fault::internal)
            log.error("admin-failed", {{"where", error.where}, {"what", error.what()}});
        return errorResponse(statusOf(error.fault), error.what(), error.where);
    } catch (const std::exception&) {
        log.error("admin-failed");
        return errorResponse(500, "internal error, see the log");
    }
}

Response Admin::Parts::route(const Request& request) {
    const std::string& path = request.path;
    if (path.starts_with("/store/")) return careOfStore(store, log, request);
    const bool post = path == "/messages/replay" || path == "/messages/close";
    if (request.method != (post ? "POST" : "GET")) {
        Response refused = errorResponse(405, "another method is needed here");
        refused.headers.add("Allow", post ? "POST" : "GET");
        return refused;
    }
    if (post) return change(request, path == "/messages/replay");
    if (path == "/health/live" || path == "/health/ready") return health(path);
    if (path == "/status") {
        return jsonResponse(200, statusText(store.counts(), pipeline.setup().get(),
                                            {options.version, started, currentTime(),
                                             options.listeners ? options.listeners() : Listening{},
                                             store.vitals()}));
    }
    if (path == "/unmapped") {
        JsonWriter json;
        write(json, pipeline.unmapped());
        return jsonResponse(200, json.take());
    }
    if (path == "/messages") return messages(request);
    if (path.starts_with("/messages/") && path.ends_with("/body"))
        return body(path.substr(10, path.size() - 15));
    if (path.starts_with("/messages/")) return message(path.substr(10));
    return errorResponse(404, "nothing is at this path");
}

Response Admin::Parts::health(const std::string& path) {
    if (path == "/health/ready") {
        const auto setup = pipeline.setup();
        if (!setup || setup->version.empty()) return errorResponse(503, "no configuration yet");
        Filter one;
        one.most = 1;
        store.list(one);  // throws when the store does not answer
    }
    return jsonResponse(200, R"({"ok":true})");
}

Response Admin::Parts::messages(const Request& request) {
    JsonWriter json;
    json.beginObject().name("messages").beginArray();
    for (const MessageView& message : store.list(filterOf(request.query)))
        write(json, message, false);
    return jsonResponse(200, json.endArray().endObject().take());
}

Response Admin::Parts::message(const std::string& id) {
    const std::optional<MessageView> message = store.show(id);
    if (!message) return errorResponse(404, "no message of this id");
    JsonWriter json;
    write(json, *message, true);
    return jsonResponse(200, json.take());
}

Response Admin::Parts::body(const std::string& id) {
    const std::optional<Bytes> bytes = store.body(id);
    if (!bytes) return errorResponse(404, "no bytes are kept under this id");
    return {200, {{"Content-Type", "application/octet-stream"}}, *bytes};
}

std::vector<std::string> Admin::Parts::waiting(const std::vector<std::string>& ids) {
    std::vector<std::string> all;
    for (const std::string& id : ids) {
        const std::size_t before = all.size();
        if (const auto message = store.show(id); message && message->state != MessageState::held)
            for (const DeliveryView& delivery : message->deliveries)
                if (waitsForAPerson(delivery.state)) all.push_back(delivery.id);
        if (all.size() == before) all.push_back(id);
    }
    return all;
}

Response Admin::Parts::change(const Request& request, bool replay) {
    const Wish wish = wishOf(request);
    if (!replay && wish.why.empty()) throw Error(Fault::malformed, "why", "a reason must be given");
    const std::vector<std::string> ids = waiting(wish.ids);
    const auto results = replay ? store.replay(ids, wish.by) : store.close(ids, wish.why, wish.by);
    JsonWriter json;
    json.beginObject().name("results").beginArray();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        json.beginObject().field("id", ids[i]).name("done").flag(!results[i]);
        if (results[i]) json.field("why", *results[i]);
        json.endObject();
        if (!results[i])
            log.info(replay ? "replayed" : "closed", {{"id", ids[i]}, {"by", wish.by}});
    }
    return jsonResponse(200, json.endArray().endObject().take());
}

}  // namespace gateway
