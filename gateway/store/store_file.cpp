#include "store/store_file.h"

#include <filesystem>
#include <optional>

#include "core/may_read.h"
#include "store/durable_file.h"
#include "store/file_lock.h"
#include "store/log_repair.h"
#include "store/schema.h"
#include "store/taking_keys.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

/// Far more numbers than a gateway gives between two backups.
constexpr std::int64_t kSkipped = std::int64_t{1} << 36;

/// Takes what is in the way of a name that only an interrupted attempt of ours can have left.
void forgetAttempt(const std::string& path) {
    std::error_code ignored;
    for (const char* const suffix : {"", "-journal", "-wal", "-shm", ".log-damaged"})
        fs::remove(path + suffix, ignored);
}

std::string quoted(const std::string& path) {
    std::string text = "'";
    for (const char c : path) text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
}

template <class Action>
auto asErrors(const std::string& path, Action action) {
    try {
        return action();
    } catch (const sqlite::Failure& failure) {
        throw Error(Fault::unavailable, path, sqlite::toError(failure).reason());
    }
}

bool holdsMessages(const std::string& path, const std::string& vfs) {
    std::error_code error;
    if (fs::file_size(path, error) == 0 || error) return false;
    try {
        sqlite::Connection connection(path, sqlite::Connection::Use::write, vfs);
        return connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'message'") ==
                   0 ||
               connection.integer("SELECT EXISTS (SELECT 1 FROM message)") != 0;
    } catch (const sqlite::Failure&) {
        return true;  // it cannot be read: nobody knows what it holds
    }
}

/// A copy of what somebody else may have left with its log.
void copyWithLog(const std::string& from, const std::string& to) {
    std::error_code error;
    std::uint64_t size = 0;
    for (const char* const suffix : {"", "-wal"})
        if (fs::exists(from + suffix, error)) size += fs::file_size(from + suffix);
    needRoom(to, size);
    copyPrivate(from, to);
    if (fs::exists(from + "-wal", error)) copyPrivate(from + "-wal", to + "-wal");
}

Seal sealFor(sqlite::Connection& connection, const SqliteOptions& options) {
    return Seal(provenKeys(connection, keyPlaceOf(options)), true);
}

void useOtherIds(sqlite::Connection& connection) {
    sqlite::Statement skip(connection,
                           "INSERT INTO meta (key, value) VALUES (?, ?)"
                           " ON CONFLICT DO UPDATE SET value = value + excluded.value");
    for (const char* const counter : {"next-seq", "next-delivery"}) skip(counter, kSkipped).run();
}

/// So that what lies in a store's log is in its file before the file gets another name.
void emptyLogOf(const std::string& path, const std::string& vfs) {
    try {
        sqlite::Connection(path, sqlite::Connection::Use::write, vfs).emptyLog();
    } catch (const sqlite::Failure&) {
        // Damaged, which may be why it is replaced: then its log is kept beside it.
    }
}

/// Keeps what is in the store's place, its log too.
std::string keepAside(const std::string& path, const std::string& vfs) {
    std::error_code error;
    if (fs::file_size(path, error) == 0 || error) return {};
    emptyLogOf(path, vfs);
    const std::string aside = freeName(path, "replaced");
    nameAlso(path, aside);
    if (fs::exists(path + "-wal", error)) putInPlace(path + "-wal", aside + "-wal");
    fs::remove(path + "-shm", error);
    makeFolderDurable(path);
    return aside;
}

}  // namespace

void copyStore(const std::string& from, const std::string& vfs, const std::string& to) {
    if (fs::exists(fs::symlink_status(to)))
        throw Error(
            Fault::rejected, to,
            Reason{"there is a file of this name already", "un fichier de ce nom existe déjà"});
    const std::string part = to + ".part";
    asErrors(to, [&] {
        sqlite::Connection connection(from, sqlite::Connection::Use::write, vfs);
        const std::int64_t pages =
            connection.integer("PRAGMA page_count") - connection.integer("PRAGMA freelist_count");
        needRoom(to, static_cast<std::uint64_t>(pages * connection.integer("PRAGMA page_size")));
        forgetAttempt(part);
        makePrivate(part);
        connection.run("PRAGMA auto_vacuum = INCREMENTAL");  // of the copy
        connection.run("VACUUM INTO " + quoted(part));
    });
    makeDurable(part);
    putInPlace(part, to);
}

namespace {

/// @return where it lies; nothing when there is no room for it. One that a start before this one
/// has left is not made again.
std::string keepLog(const std::string& path) {
    const std::string log = path + "-wal";
    std::error_code error;
    std::string kept = path + ".log-damaged";
    if (fs::exists(kept, error) && fs::file_size(kept, error) == fs::file_size(log, error))
        return kept;
    kept = freeName(path, "log-damaged");
    try {
        needRoom(kept, fs::file_size(log));
        copyPrivate(log, kept);
    } catch (const std::exception&) {  // a disk that is full keeps nobody from starting
        fs::remove(kept, error);
        return {};
    }
    return kept;
}

}  // namespace

Reason prepareLog(const std::string& path, Log* log) {
    const std::string file = path + "-wal";
    readAnew(file);
    std::optional<std::string> kept;
    const auto keep = [&] {
        if (!kept) kept = keepLog(path);
    };
    const RepairedLog repaired = repairLog(file, keep);
    if (repaired.lost != 0) keep();
    if (log && repaired.bits != 0)
        log->error("store-log-mended",
                   {{"bits", repaired.bits}, {"kept", *kept}, {"what", "the disk is not sound"}});
    if (repaired.lost == 0) return {};
    const Reason copy =
        kept->empty() ? Reason{"no copy of it could be kept", "aucune copie n'a pu en être gardée"}
                      : say("a copy is kept as {0}", "une copie en est gardée sous {0}", {*kept});
    const Reason lost = say(
        "its log has {0} commits behind a place that cannot be read: damage, or what writes that "
        "failed have left; {1}",
        "son journal contient {0} écritures après un endroit illisible : un dommage, ou les "
        "restes d'écritures qui ont échoué ; {1}",
        {std::to_string(repaired.lost), copy});
    if (log) log->error("store-log-damaged", {{"what", lost.en}});
    return lost;
}

namespace {

void needStore(const std::string& path) {
    if (!isThere(path))
        throw Error(Fault::rejected, path,
                    Reason{"there is no store here", "il n'y a pas de base ici"});
    if (isForbidden(path)) throw Error(Fault::unavailable, path, mayNotRead());
}

Damage check(const SqliteOptions& options) {
    const Reason lost = prepareLog(options.path, nullptr);
    return asErrors(options.path, [&] {
        sqlite::Connection connection(options.path, sqlite::Connection::Use::write, options.vfs);
        if (connection.integer("PRAGMA user_version") != kSchemaVersion)
            throw Error(Fault::rejected, options.path,
                        Reason{"is no store of this version: the gateway upgrades one from before "
                               "when it starts",
                               "n'est pas une base de cette version : la passerelle met à niveau "
                               "une base d'avant quand elle démarre"});
        const Seal seal = sealFor(connection, options);
        Damage damage = examine(connection, seal, Ids(metaOf(connection, "store-id")));
        if (!lost.empty()) damage.emplace(damage.begin(), "store", lost);
        return damage;
    });
}

}  // namespace

Damage checkStoreFile(const SqliteOptions& options) {
    needStore(options.path);
    const FileLock lock(options.path + ".lock");
    return check(options);
}

Damage checkCopy(const SqliteOptions& options) {
    needStore(options.path);
    std::optional<FileLock> lock;
    if (const std::string file = options.path + ".lock"; isThere(file)) lock.emplace(file);
    return check(options);
}

void backupStoreFile(const SqliteOptions& options, const std::string& to) {
    needStore(options.path);
    const FileLock lock(options.path + ".lock");
    prepareLog(options.path, nullptr);
    copyStore(options.path, options.vfs, to);
}

Restored restoreStore(const SqliteOptions& options, const std::string& from, bool force) {
    preparePlace(options.path);
    const FileLock lock(options.path + ".lock");
    prepareLog(options.path, nullptr);
    return asErrors(options.path, [&]() -> Restored {
        if (!force && holdsMessages(options.path, options.vfs))
            throw Error(Fault::rejected, options.path,
                        Reason{"the store is not empty: --force puts the copy in its place and "
                               "keeps it beside",
                               "la base n'est pas vide : --force met la copie à sa place et la "
                               "garde à côté"});
        const std::string attempt = options.path + ".restoring";
        forgetAttempt(attempt);
        if (!isThere(from))
            throw Error(Fault::rejected, from,
                        Reason{"cannot be read: there is no such file",
                               "ne peut être lu : ce fichier n'existe pas"});
        if (isForbidden(from)) throw Error(Fault::unavailable, from, mayNotRead());
        copyWithLog(from, attempt);
        Restored restored;
        try {
            const Reason lost = prepareLog(attempt, nullptr);
            sqlite::Connection connection(attempt, sqlite::Connection::Use::write, options.vfs);
            if (connection.integer("PRAGMA user_version") == 0)
                throw Error(Fault::rejected, from, Reason{"is no store", "n'est pas une base"});
            const Ids ids = prepareSchema(connection, from);
            restored.damage = examine(connection, sealFor(connection, options), ids);
            if (!lost.empty()) restored.damage.emplace_back("store", lost);
            useOtherIds(connection);
            connection.emptyLog();
        } catch (const sqlite::Failure& failure) {
            forgetAttempt(attempt);
            throw Error(Fault::rejected, from, sqlite::toError(failure).reason());
        } catch (...) {
            forgetAttempt(attempt);
            throw;
        }
        if (!restored.damage.empty() && !force) {
            forgetAttempt(attempt);
            return restored;
        }
        makeDurable(attempt);
        restored.replaced = keepAside(options.path, options.vfs);
        putInPlace(attempt, options.path);
        return restored;
    });
}

void upgradeStore(const SqliteOptions& options, Log* log) {
    std::error_code error;
    if (fs::file_size(options.path, error) == 0 || error) return;
    std::int64_t version = 0;
    const std::string attempt = options.path + ".upgrading";
    {
        sqlite::Connection connection(options.path, sqlite::Connection::Use::write, options.vfs);
        connection.leaveLog();
        version = connection.integer("PRAGMA user_version");
        if (version <= 0 || version >= kSchemaVersion) return;  // prepareSchema() judges
        // A log that stays would be taken for that of the new file.
        connection.emptyLog();
        forgetAttempt(attempt);
        copyStore(options.path, options.vfs, attempt);
    }  // with the last connection its log is gone
    {
        sqlite::Connection copy(attempt, sqlite::Connection::Use::write, options.vfs);
        prepareSchema(copy, options.path);
    }
    makeDurable(attempt);
    const std::string before = freeName(options.path, "before-" + std::to_string(version));
    nameAlso(options.path, before);
    putInPlace(attempt, options.path);
    if (log)
        log->warning("store-upgraded",
                     {{"from", version},
                      {"to", static_cast<std::int64_t>(kSchemaVersion)},
                      {"before", before},
                      {"what",
                       "the file from before is kept for the way back; remove it when that "
                       "is no longer wanted"}});
}

}  // namespace gateway
