/// @file  SQLite's C interface with owners: connections, prepared statements, queries.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gateway/error.h"
#include "gateway/time.h"

namespace gateway::sqlite {

/// What SQLite reported. Never leaves the store: toError() makes an Error of it.
class Failure : public std::runtime_error {
public:
    Failure(int code, const std::string& what);
    const int code;  ///< SQLite's extended result code
    /// The disk or the file, so that every statement of this connection is in doubt.
    bool io() const;
};

Error toError(const Failure& failure);

/// Bytes to be bound as BLOB; empty ones as NULL.
struct Blob {
    std::string_view bytes;
};
/// Text to be bound; an empty one as NULL.
struct Text {
    std::string_view text;
};

/// Bytes to be bound as TEXT, or as BLOB; empty ones as NULL.
struct Cell {
    std::string bytes;
    bool blob = false;
};

class Connection {
public:
    enum class Use { write, read };
    Connection(const std::string& path, Use use, const std::string& vfs);

    void run(const std::string& sql);
    std::int64_t integer(const std::string& sql);
    int changes() const;
    /// The log stays when this connection closes, be it the last one: it may hold what nobody has
    /// looked at yet.
    void leaveLog();
    /// All that the log has into the file. @throws Failure(SQLITE_BUSY) when another program reads
    /// or writes the file
    void emptyLog();
    sqlite3* get() const { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

class Statement;

/// One run of a statement. What it reads is valid until the next step(). Resets the statement when
/// it goes.
class Query {
public:
    explicit Query(Statement& statement) : statement_(statement) {}
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    /// Whether there is one more row.
    bool step();
    /// To the end; for statements without rows.
    void run();

    bool null(int column) const;
    bool isBlob(int column) const;
    std::int64_t integer(int column) const;
    template <class T>
    T number(int column) const {
        return static_cast<T>(integer(column));
    }
    Time time(int column) const { return Time(Milliseconds(integer(column))); }
    std::string_view text(int column) const;
    std::string_view blob(int column) const;
    std::string string(int column) const { return std::string(text(column)); }

private:
    Statement& statement_;
};

/// A prepared statement, kept for many runs. One thread at a time.
class Statement {
public:
    Statement(Connection& connection, const char* sql);

    /// Binds all parameters. Texts and blobs must live until the query ends, but for strings that
    /// are temporary: those are copied.
    template <class... Values>
    Query operator()(Values&&... values) {
        int at = 0;
        (bind(++at, std::forward<Values>(values)), ...);
        return Query(*this);
    }

private:
    friend class Query;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };

    template <class T>
    requires std::is_integral_v<T> || std::is_enum_v<T>
    void bind(int at, T value) { bindInteger(at, static_cast<std::int64_t>(value)); }
    template <class T>
    void bind(int at, const std::optional<T>& value) {
        value ? bind(at, *value) : bindNull(at);
    }
    void bind(int at, Time value) { bindInteger(at, value.time_since_epoch().count()); }
    void bind(int at, std::string_view text);
    void bind(int at, const std::string& text) { bind(at, std::string_view(text)); }
    void bind(int at, std::string&& text);
    void bind(int at, Text text);
    void bind(int at, Blob blob);
    void bind(int at, const Cell& cell) {
        cell.blob ? bind(at, Blob{cell.bytes}) : bind(at, Text{cell.bytes});
    }
    void bind(int at, const char* text) { bind(at, std::string_view(text)); }
    void bind(int at, std::nullptr_t) { bindNull(at); }
    void bindInteger(int at, std::int64_t value);
    void bindNull(int at);
    void check(int code) const;

    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

}  // namespace gateway::sqlite
