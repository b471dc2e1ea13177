#include "store/schema.h"

#include "store/hash_index.h"

namespace gateway {

namespace {

constexpr std::int64_t kApplication = 0x50415353;  // "PASS", in the file's header

void refuse(const std::string& path, const Reason& why) {
    throw Error(Fault::unavailable, path, why);
}

void makeIdentity(sqlite::Connection& connection) {
    sqlite::Statement insert(connection, "INSERT INTO meta (key, value) VALUES (?, ?)");
    insert("store-id", Ids::make().prefix()).run();
}

}  // namespace

std::string metaOf(sqlite::Connection& connection, std::string_view key) {
    sqlite::Statement select(connection, "SELECT value FROM meta WHERE key = ?");
    auto row = select(key);
    return row.step() ? std::string(row.blob(0)) : std::string();
}

Ids prepareSchema(sqlite::Connection& connection, const std::string& path) {
    const auto version = connection.integer("PRAGMA user_version");
    const auto application = connection.integer("PRAGMA application_id");
    const auto tables = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (application != kApplication && (tables != 0 || version != 0))
        refuse(path,
               {"this is a database of another program", "c'est la base d'un autre programme"});
    if (version > kSchemaVersion)
        refuse(path,
               say("written by a newer version (schema {0}, this program knows {1}): use that "
                   "version or a copy from before",
                   "écrite par une version plus récente (schéma {0}, ce programme connaît "
                   "{1}) : utiliser cette version ou une copie d'avant",
                   {std::to_string(version), std::to_string(kSchemaVersion)}));
    if (version < kSchemaVersion) {
        connection.run("BEGIN IMMEDIATE");
        for (auto next = version; next < kSchemaVersion; ++next) connection.run(kSchemaFiles[next]);
        if (version == 0) makeIdentity(connection);
        if (version != 0) HashIndex::build(connection);
        connection.run("PRAGMA application_id = " + std::to_string(kApplication));
        connection.run("PRAGMA user_version = " + std::to_string(kSchemaVersion));
        connection.run("COMMIT");
    }
    Ids ids(metaOf(connection, "store-id"));
    if (ids.prefix().size() != Ids::kPrefix)
        refuse(path, {"the store's identity is missing or damaged",
                      "l'identité de la base manque ou est endommagée"});
    return ids;
}

}  // namespace gateway
