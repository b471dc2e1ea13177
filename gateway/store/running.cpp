/// purge(), backup(), check(), reconcile(), vitals() and the notebook.
#include <sys/statvfs.h>

#include <filesystem>

#include "store/secret_note.h"
#include "store/store_file.h"
#include "store/store_parts.h"

namespace gateway {

namespace fs = std::filesystem;

std::size_t SqliteStore::purge(Time now, std::span<const Keep> keep, std::size_t most) {
    return retention_->purge(now, keep, most);
}

void SqliteStore::backup(const std::string& file) { copyStore(options_.path, options_.vfs, file); }

std::vector<std::pair<std::string, Reason>> SqliteStore::check() {
    // A connection of its own: none of the readers is missing meanwhile.
    try {
        sqlite::Connection connection(options_.path, sqlite::Connection::Use::read, options_.vfs);
        return examine(connection, *seal_, ids_);
    } catch (const sqlite::Failure& failure) {
        throw sqlite::toError(failure);
    }
}

std::optional<Reconciled> SqliteStore::reconcile() { return reconciler_->next(); }

std::string SqliteStore::note(std::string_view key) {
    return readers_->with([&](Reader& reader) {
        sqlite::Statement select(reader.connection(), "SELECT text FROM note WHERE key = ?");
        auto row = select(key);
        std::string text = row.step() ? row.string(0) : std::string();
        return isSecretNote(key) ? openedNote(*seal_, key, text) : text;
    });
}

void SqliteStore::setNote(std::string_view key, std::string_view text) {
    writer_->write(1, text.size(), [&](Transaction& transaction) {
        auto& sql = transaction.sql();
        const std::string written =
            isSecretNote(key) ? sealedNote(transaction.seal(), key, text) : std::string(text);
        (text.empty() ? sql.eraseNote(key) : sql.setNote(key, written)).run();
    });
}

void SqliteStore::forgetNotes(Transaction& transaction) {
    std::vector<std::string> over;
    {
        sqlite::Statement keys(transaction.connection(),
                               "SELECT key FROM note WHERE key GLOB '*/*'");
        sqlite::Statement ended(transaction.connection(),
                                "SELECT 1 FROM delivery WHERE id = ? AND open IS NULL");
        for (auto rows = keys(); rows.step();) {
            std::string key = rows.string(0);
            const auto id = ids_.delivery(std::string_view(key).substr(key.rfind('/') + 1));
            if (!id) continue;
            auto row = ended(*id);
            if (row.step()) over.push_back(std::move(key));
        }
    }
    for (const std::string& key : over) transaction.sql().eraseNote(key).run();
}

Vitals SqliteStore::vitals() {
    Vitals vitals;
    for (const char* const suffix : {"", "-wal"}) {
        std::error_code error;
        const auto size = fs::file_size(options_.path + suffix, error);
        if (!error) vitals.fileBytes += size;
    }
    struct statvfs disk {};
    const std::string folder = fs::absolute(options_.path).parent_path().string();
    if (::statvfs(folder.c_str(), &disk) == 0)
        vitals.freeBytes = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const Writer::Commits commits = writer_->commits();
    vitals.commits = commits.count;
    vitals.commitMicroseconds = commits.microseconds;
    vitals.slowestMicroseconds = commits.slowest;
    vitals.damaged = damaged_;
    vitals.commitTimes = commits.times;
    return vitals;
}

}  // namespace gateway
