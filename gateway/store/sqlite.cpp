#include "store/sqlite.h"

namespace gateway::sqlite {

namespace {

std::string describe(sqlite3* handle, int code) {
    std::string text = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    return text + " (SQLite " + std::to_string(code) + ")";
}

/// Memory statistics cost a mutex for each allocation and nobody reads them. Has no effect when
/// somebody else in the process has used SQLite before: then it is only slower.
void configureOnce() {
    static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(configured);
}

}  // namespace

Failure::Failure(int c, const std::string& what) : std::runtime_error(what), code(c) {}

bool Failure::io() const {
    const int primary = code & 0xff;
    return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
           primary == SQLITE_CANTOPEN || primary == SQLITE_NOMEM || primary == SQLITE_PROTOCOL;
}

Error toError(const Failure& failure) {
    const auto unavailable = [](const Reason& why) {
        return Error(Fault::unavailable, "store", why);
    };
    switch (failure.code & 0xff) {
        case SQLITE_FULL: return unavailable({"the disk is full", "le disque est plein"});
        case SQLITE_IOERR:
            return unavailable(say("the disk reported an error (SQLite {0})",
                                   "le disque a signalé une erreur (SQLite {0})",
                                   {std::to_string(failure.code)}));
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return unavailable({"the file is damaged or not a database",
                                "le fichier est endommagé ou n'est pas une base"});
        case SQLITE_CANTOPEN:
            return unavailable({"the file cannot be opened", "le fichier ne peut être ouvert"});
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return unavailable({"the file cannot be written", "le fichier ne peut être écrit"});
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return unavailable({"the file is in use by another program",
                                "le fichier est utilisé par un autre programme"});
        case SQLITE_NOMEM: return unavailable({"no memory left", "plus de mémoire"});
        default: return {Fault::internal, "store", failure.what()};
    }
}

Connection::Connection(const std::string& path, Use use, const std::string& vfs) {
    configureOnce();
    sqlite3* raw = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (use == Use::write ? SQLITE_OPEN_CREATE : 0);
    const int code =
        sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
    handle_.reset(raw);
    if (code != SQLITE_OK) throw Failure(code, describe(raw, code));
    sqlite3_extended_result_codes(raw, 1);
    // Only this process has the file open; what waits here waits for a checkpoint's short locks.
    sqlite3_busy_timeout(raw, 5'000);
    if (use == Use::read) run("PRAGMA query_only = 1");
}

void Connection::run(const std::string& sql) {
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw Failure(code, describe(handle_.get(), code));
}

std::int64_t Connection::integer(const std::string& sql) {
    Statement statement(*this, sql.c_str());
    Query query = statement();
    return query.step() ? query.integer(0) : 0;
}

void Connection::leaveLog() {
    const int code = sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (code != SQLITE_OK) throw Failure(code, describe(handle_.get(), code));
}

void Connection::emptyLog() {
    sqlite3_busy_timeout(handle_.get(), 500);  // nobody has it open for long while this is done
    // Its first column says whether somebody was in the way.
    if (integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
        throw Failure(SQLITE_BUSY,
                      "the log is in use (SQLite " + std::to_string(SQLITE_BUSY) + ")");
}

int Connection::changes() const { return sqlite3_changes(handle_.get()); }

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Statement(Connection& connection, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    const int code =
        sqlite3_prepare_v3(connection.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    handle_.reset(raw);
    if (code != SQLITE_OK) throw Failure(code, describe(connection.get(), code));
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) throw Failure(code, describe(sqlite3_db_handle(handle_.get()), code));
}

void Statement::bind(int at, std::string_view text) {
    check(sqlite3_bind_text64(handle_.get(), at, text.data() ? text.data() : "", text.size(),
                              SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind(int at, std::string&& text) {
    check(sqlite3_bind_text64(handle_.get(), at, text.data(), text.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
}

void Statement::bind(int at, Text text) { text.text.empty() ? bindNull(at) : bind(at, text.text); }

void Statement::bind(int at, Blob blob) {
    if (blob.bytes.empty()) return bindNull(at);
    check(sqlite3_bind_blob64(handle_.get(), at, blob.bytes.data(), blob.bytes.size(),
                              SQLITE_STATIC));
}

void Statement::bindInteger(int at, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), at, value));
}

void Statement::bindNull(int at) { check(sqlite3_bind_null(handle_.get(), at)); }

Query::~Query() { sqlite3_reset(statement_.handle_.get()); }

bool Query::step() {
    const int code = sqlite3_step(statement_.handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw Failure(code, describe(sqlite3_db_handle(statement_.handle_.get()), code));
}

void Query::run() {
    while (step()) {
    }
}

bool Query::null(int column) const {
    return sqlite3_column_type(statement_.handle_.get(), column) == SQLITE_NULL;
}

bool Query::isBlob(int column) const {
    return sqlite3_column_type(statement_.handle_.get(), column) == SQLITE_BLOB;
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(statement_.handle_.get(), column);
}

std::string_view Query::text(int column) const {
    const auto* text = sqlite3_column_text(statement_.handle_.get(), column);
    const int size = sqlite3_column_bytes(statement_.handle_.get(), column);
    return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

std::string_view Query::blob(int column) const {
    const void* bytes = sqlite3_column_blob(statement_.handle_.get(), column);
    const int size = sqlite3_column_bytes(statement_.handle_.get(), column);
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

}  // namespace gateway::sqlite
