#include "admin/store_care.h"

#include "admin/proven.h"

namespace gateway {
namespace {

std::string check(Store& store, Watch& watch, Log& log) {
    const auto damage = store.check();
    watch.checked(damage.size());
    for (const auto& [id, why] : damage) log.error("store-damaged", {{"id", id}, {"what", why.en}});
    JsonWriter json;
    writeDamage(json, damage);
    return json.take();
}

std::string backup(Store& store, Log& log, Audit* audit, const http::Request& request) {
    const JsonValue wish = wishIn(request);
    const std::string file = wish["file"].text;
    if (!file.starts_with('/'))
        throw Error(Fault::malformed, "file",
                    Reason{"expected an absolute path", "un chemin absolu est attendu"});
    if (audit) audit->ready();
    store.backup(file);
    AuditRecord record{whoOf(wish["by"].text), "backup", {}, {}, "done", {{"file", file}}};
    noteUser(record, request.facts.get(kUserFact));
    if (audit) audit->write(record);
    log.info("backed-up", {{"file", file}});
    JsonWriter json;
    json.beginObject().field("file", file);
    return json.endObject().take();
}

}  // namespace

http::Response careOfStore(Store& store, Watch& watch, Log& log, Audit* audit,
                           const http::Request& request) {
    const auto good = [](std::string text) -> http::Response {
        return {200, {{"Content-Type", "application/json"}}, Bytes(std::move(text))};
    };
    if (request.method == "GET" && request.path == "/store/check")
        return good(check(store, watch, log));
    if (request.method == "POST" && request.path == "/store/backup")
        return good(backup(store, log, audit, request));
    return {404,
            {{"Content-Type", "application/json"}},
            Bytes(std::string(R"({"error":"nothing is at this path"})"))};
}

void writeDamage(JsonWriter& json, const std::vector<std::pair<std::string, Reason>>& damage) {
    json.beginObject().name("damaged").beginArray();
    for (const auto& [id, why] : damage) {
        json.beginObject().field("id", id).name("why").beginObject();
        json.field("en", why.en).field("fr", why.fr).endObject().endObject();
    }
    json.endArray().endObject();
}

}  // namespace gateway
