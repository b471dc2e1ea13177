/// The keys of a store when it is opened, and other keys while it runs.
#include "store/taking_keys.h"

#include <sys/stat.h>

#include "store/store_parts.h"

namespace gateway {
namespace {

constexpr const char* kHashKey = "hash-key";      ///< of a store from before it had keys outside
constexpr const char* kHashCheck = "hash-check";  ///< a hash under the store's key
constexpr std::string_view kKnown = "passerelle";

const Reason kMissing{
    "the store's keys are missing: put their copy back; without them the store cannot be read",
    "les clés de la base manquent : remettre leur copie ; sans elles la base est illisible"};

std::string sealCheck(std::uint16_t key) { return "seal-check-" + std::to_string(key); }

std::string placeOf(const KeyPlace& keys) { return keys.env.empty() ? keys.file : "$" + keys.env; }

[[noreturn]] void refuse(const std::string& where, const Reason& why) {
    throw Error(Fault::unavailable, where, why);
}

std::vector<std::uint16_t> keysInUse(sqlite::Connection& connection) {
    std::vector<std::uint16_t> used;
    sqlite::Statement select(
        connection,
        "SELECT CAST(substr(key, 12) AS INTEGER) FROM meta WHERE key GLOB 'seal-check-*'");
    auto rows = select();
    while (rows.step()) used.push_back(rows.number<std::uint16_t>(0));
    return used;
}

/// Whether these are the keys that the store was written with.
void prove(sqlite::Connection& connection, const StoreKeys& keys, const std::string& where) {
    const std::string known = metaOf(connection, kHashCheck);
    if (!known.empty() && KeyedHash(keys.hash)(KeyedHash::Purpose::content, kKnown) != known)
        refuse(where, {"these are the keys of another store", "ce sont les clés d'une autre base"});
    const Seal seal(keys, true);
    for (const std::uint16_t key : keysInUse(connection)) {
        const Reason which(std::to_string(key));
        if (!seal.has(key))
            refuse(where, say("key {0} is missing, which sealed a part of the store",
                              "la clé {0} manque, qui a scellé une partie de la base", {which}));
        try {
            seal.open(Seal::Purpose::check, key, metaOf(connection, sealCheck(key)));
        } catch (const Error&) {
            refuse(where, say("key {0} is not the one that sealed the store",
                              "la clé {0} n'est pas celle qui a scellé la base", {which}));
        }
    }
}

/// Leaves in the store what its keys are proved by, and nothing of the keys themselves. Writes only
/// what is not there: a store opens on a disk that is full too.
void remember(sqlite::Connection& connection, const StoreKeys& keys, bool encrypt) {
    sqlite::Statement put(connection, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    sqlite::Statement erase(connection, "DELETE FROM meta WHERE key = ?");
    const std::string hash = KeyedHash(keys.hash)(KeyedHash::Purpose::content, kKnown);
    if (metaOf(connection, kHashCheck) != hash) put(kHashCheck, sqlite::Blob{hash}).run();
    erase(kHashKey).run();
    if (!encrypt) Resealer::forget(connection);
    const std::uint16_t key = keys.newest();
    if (encrypt && metaOf(connection, sealCheck(key)).empty()) {
        const std::string sealed = Seal(keys, true).seal(Seal::Purpose::check, key, kKnown);
        put(sealCheck(key), sqlite::Blob{sealed}).run();
    }
}

void warnOfReaders(const KeyPlace& keys, Log* log) {
    struct stat status {};
    if (log == nullptr || !keys.env.empty() || ::stat(keys.file.c_str(), &status) != 0) return;
    if ((status.st_mode & 077) != 0)
        log->warning("store-keys", {{"file", keys.file},
                                    {"what", "others than its owner may read it: chmod 600"}});
}

}  // namespace

KeyPlace keyPlaceOf(const SqliteOptions& options) {
    KeyPlace place = options.keys;
    if (place.file.empty() && place.env.empty()) place.file = options.path + ".key";
    return place;
}

StoreKeys provenKeys(sqlite::Connection& connection, const KeyPlace& place) {
    const std::string where = placeOf(place);
    const std::string text = readKeyText(place);
    // Of a store from before it had keys outside nothing is sealed.
    if (const std::string inside = metaOf(connection, kHashKey); !inside.empty())
        return makeStoreKeys(inside);
    if (text.empty()) refuse(where, kMissing);
    StoreKeys keys = parseStoreKeys(text, where);
    prove(connection, keys, where);
    return keys;
}

StoreKeys SqliteStore::takeKeys(sqlite::Connection& connection) {
    const KeyPlace place = keyPlaceOf(options_);
    const std::string where = placeOf(place);
    const std::string text = readKeyText(place);
    const std::string inside = metaOf(connection, kHashKey);
    StoreKeys keys;
    if (text.empty()) {
        if (!metaOf(connection, kHashCheck).empty()) refuse(where, kMissing);
        if (!place.env.empty())
            refuse(where, {"this variable is not set, expected the store's keys",
                           "cette variable n'est pas définie, les clés de la base sont attendues"});
        keys = makeStoreKeys(inside);
        writeKeyFile(place.file, keys);
        if (log_)
            log_->warning("store-keys-made",
                          {{"file", place.file},
                           {"what",
                            "keep a copy apart from the store and its backups: without it "
                            "nobody can read the store again"}});
    } else {
        keys = parseStoreKeys(text, where);
        if (!inside.empty() && keys.hash != inside)
            refuse(where,
                   {"these are the keys of another store", "ce sont les clés d'une autre base"});
    }
    prove(connection, keys, where);
    connection.run("BEGIN IMMEDIATE");
    remember(connection, keys, options_.encrypt);
    connection.run("COMMIT");
    warnOfReaders(place, log_);
    return keys;
}

void SqliteStore::refresh() {
    const KeyPlace place = keyPlaceOf(options_);
    StoreKeys keys = parseStoreKeys(readKeyText(place), placeOf(place));
    writer_->write(1, 0, [&](Transaction& transaction) {
        prove(transaction.connection(), keys, placeOf(place));
        remember(transaction.connection(), keys, options_.encrypt);
    });
    const bool other = keys.newest() != seal_->current() && seal_->current() != 0;
    seal_->replace(std::move(keys));
    if (other && log_)
        log_->info("store-key", {{"key", static_cast<std::int64_t>(seal_->current())}});
    resealer_->again();
}

}  // namespace gateway
