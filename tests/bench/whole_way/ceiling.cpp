#include "ceiling.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

#include "store/schema.h"
#include "store/sqlite.h"

namespace bench {
namespace {

using gateway::sqlite::Blob;
using gateway::sqlite::Connection;
using gateway::sqlite::Statement;
using Clock = std::chrono::steady_clock;

constexpr int kAnswer = 110, kSealedMore = 46;

double since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// The four steps of a message: accepted, translated, in flight, delivered.
class Rows {
public:
    Rows(Connection& connection, std::size_t bytes)
        : body_(bytes + kSealedMore, 'b'),
          answer_(kAnswer + kSealedMore, 'a'),
          addBody_(connection, "INSERT INTO body VALUES (?, 1, 0, ?)"),
          addMessage_(connection,
                      "INSERT INTO message (seq, state, open, source, codec, received_at,"
                      " changed_at, size, body, type, order_keys, subjects, repeat_hash,"
                      " content_hash, control_hash, facts) VALUES (?, 0, 1, 1, 2, ?, ?, ?, ?,"
                      " 'ADT^A01', ?, ?, ?, ?, ?, ?)"),
          translate_(connection,
                     "UPDATE message SET state = 1, open = NULL, changed_at = ? WHERE seq = ?"),
          addEvent_(connection,
                    "INSERT INTO event (message, id, delivery, at, what) VALUES (?, ?, ?, ?, ?)"),
          addDelivery_(connection,
                       "INSERT INTO delivery (id, message, state, open, flags, ord, lane,"
                       " partner, destination, media, extension, map, queued_at, changed_at,"
                       " size, body, control_id) VALUES (?, ?, 0, 1, 8, ?, ?, 3, 4, 5, 6, 7, ?,"
                       " ?, ?, ?, '7K2QF000001A')"),
          send_(connection,
                "UPDATE delivery SET state = 1, attempts = 1, changed_at = ? WHERE id = ?"),
          settle_(connection,
                  "UPDATE delivery SET state = 2, open = NULL, changed_at = ?, answer_body = ?,"
                  " answer_summary = ? WHERE id = ?") {}

    void accept(std::int64_t n) {
        for (auto& byte : hashes_) byte = static_cast<char>(random_());
        const std::string_view hash(hashes_.data(), 16);
        addBody_(3 * n * 65536, Blob{body_}).run();
        addMessage_(n, kTime, kTime, body_.size(), 3 * n, Blob{hash}, Blob{hash}, Blob{hash},
                    Blob{hash}, Blob{hash}, Blob{std::string_view(answer_).substr(0, 80)})
            .run();
    }
    void translate(std::int64_t n) {
        translate_(kTime, n).run();
        event(n, {}, 1);
        addBody_((3 * n + 1) * 65536, Blob{body_}).run();
        addDelivery_(n, n, n, static_cast<std::int64_t>(random_()), kTime, kTime, body_.size(),
                     3 * n + 1)
            .run();
    }
    void send(std::int64_t n) {
        event(n, n, 17);
        send_(kTime, n).run();
    }
    void settle(std::int64_t n) {
        event(n, n, 18);
        addBody_((3 * n + 2) * 65536, Blob{answer_}).run();
        settle_(kTime, 3 * n + 2, Blob{std::string_view(answer_).substr(0, 48)}, n).run();
    }

private:
    static constexpr std::int64_t kTime = 1'790'000'000'000;
    void event(std::int64_t n, std::optional<std::int64_t> delivery, int what) {
        addEvent_(n, ++tick_, delivery, kTime, what).run();
    }

    const std::string body_, answer_;
    std::array<char, 16> hashes_{};
    std::mt19937_64 random_{4711};
    std::int64_t tick_ = 0;
    Statement addBody_, addMessage_, translate_, addEvent_, addDelivery_, send_, settle_;
};

}  // namespace

double bareStore(const std::string& folder, std::size_t bytes, std::size_t group, double seconds) {
    Connection connection(folder + "/bare.db", Connection::Use::write, "");
    for (const char* const sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
                                  "PRAGMA cache_size = -16384", "PRAGMA wal_autocheckpoint = 4096"})
        connection.run(sql);
    gateway::prepareSchema(connection, "bare.db");
    Rows rows(connection, bytes);
    const auto each = [&](std::int64_t first, auto step) {
        for (std::int64_t n = first; n < first + static_cast<std::int64_t>(group); ++n)
            if (n > 0) step(n);
    };
    const auto begun = Clock::now();
    std::int64_t done = 0;
    const auto size = static_cast<std::int64_t>(group);
    for (std::int64_t at = 1; since(begun) < seconds; at += size, done += size) {
        connection.run("BEGIN IMMEDIATE");
        each(at, [&](std::int64_t n) { rows.accept(n); });
        each(at - size, [&](std::int64_t n) { rows.translate(n); });
        each(at - 2 * size, [&](std::int64_t n) { rows.send(n); });
        each(at - 3 * size, [&](std::int64_t n) { rows.settle(n); });
        connection.run("COMMIT");
    }
    return static_cast<double>(done) / since(begun);
}

double bareDisk(const std::string& folder, double seconds) {
    const std::string path = folder + "/bare.log";
    const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("no file on the disk that is measured");
    const std::vector<char> page(4096, 'p');
    const auto begun = Clock::now();
    std::size_t done = 0;
    for (; since(begun) < seconds; ++done)
        if (write(file, page.data(), page.size()) != static_cast<ssize_t>(page.size()) ||
            fdatasync(file) != 0)
            throw std::runtime_error("the disk that is measured fails");
    close(file);
    return static_cast<double>(done) / since(begun);
}

}  // namespace bench
