#include "store/schema.h"

#include "store/keyed_hash.h"

namespace gateway {

namespace {

constexpr std::int64_t kApplication = 0x50415353;  // "PASS", in the file's header

void refuse(const std::string& path, const std::string& why) {
    throw Error(Fault::unavailable, path, why);
}

std::string meta(sqlite::Connection& connection, std::string_view key) {
    sqlite::Statement select(connection, "SELECT value FROM meta WHERE key = ?");
    auto row = select(key);
    return row.step() ? std::string(row.blob(0)) : std::string();
}

void makeIdentity(sqlite::Connection& connection) {
    sqlite::Statement insert(connection, "INSERT INTO meta (key, value) VALUES (?, ?)");
    insert("store-id", Ids::make().prefix()).run();
    // The key lies in the file that it protects only until keys have a place of their own outside.
    const std::string key = KeyedHash::makeKey();
    insert("hash-key", sqlite::Blob{key}).run();
}

}  // namespace

Identity prepareSchema(sqlite::Connection& connection, const std::string& path) {
    const auto version = connection.integer("PRAGMA user_version");
    const auto application = connection.integer("PRAGMA application_id");
    const auto tables = connection.integer("SELECT count(*) FROM sqlite_schema");
    if (application != kApplication && (tables != 0 || version != 0))
        refuse(path, "this is a database of another program");
    if (version > kSchemaVersion)
        refuse(path, "written by a newer version (schema " + std::to_string(version) +
                         ", this program knows " + std::to_string(kSchemaVersion) +
                         "): use that version or a copy from before");
    if (version < kSchemaVersion) {
        connection.run("BEGIN IMMEDIATE");
        for (auto next = version; next < kSchemaVersion; ++next) connection.run(kSchemaFiles[next]);
        if (version == 0) makeIdentity(connection);
        connection.run("PRAGMA application_id = " + std::to_string(kApplication));
        connection.run("PRAGMA user_version = " + std::to_string(kSchemaVersion));
        connection.run("COMMIT");
    }
    Identity identity{Ids(meta(connection, "store-id")), meta(connection, "hash-key")};
    if (identity.ids.prefix().size() != Ids::kPrefix ||
        identity.hashKey.size() != KeyedHash::kKeySize)
        refuse(path, "the store's identity is missing or damaged");
    return identity;
}

}  // namespace gateway
