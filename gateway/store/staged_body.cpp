#include "store/staged_body.h"

#include <algorithm>
#include <optional>
#include <string>

#include "gateway/error.h"
#include "store/transaction.h"
#include "store/writer.h"

namespace gateway {
namespace {

constexpr std::string_view kNote = "staged-body-";

std::string noteOf(std::int64_t body) { return std::string(kNote) + std::to_string(body); }

void forget(sqlite::Connection& connection, std::int64_t body) {
    sqlite::Statement erase(connection, "DELETE FROM meta WHERE key = ?");
    erase(noteOf(body)).run();
}

}  // namespace

StagedBodies::Staged::~Staged() {
    if (bodies_ != nullptr) bodies_->abandon(number_, opened_);
}

std::int64_t StagedBodies::Staged::keep(Transaction& transaction) {
    bodies_->check(opened_);
    forget(transaction.connection(), number_);
    transaction.after([this](Board&) { bodies_ = nullptr; });
    return number_;
}

StagedBodies::Staged StagedBodies::write(std::string_view body) {
    std::int64_t number = 0;
    std::uint64_t opened = 0;
    writer_.write(1, 0, [&](Transaction& transaction) {
        eraseAbandoned(transaction);
        number = transaction.newBody();
        transaction.sql().setMeta(noteOf(number), 1).run();
        const std::lock_guard lock(mutex_);
        opened = opened_;
    });
    Staged staged(*this, number, opened);
    for (std::size_t at = 0; at < body.size(); at += kChunkSize) {
        const auto id = number * 65536 + static_cast<std::int64_t>(at / kChunkSize);
        const std::vector<Chunk> chunk = toChunks(body.substr(at, kChunkSize));
        ChunkRow row = toRow(chunk.front(), seal_, static_cast<std::uint64_t>(id));
        writer_.write(1, row.bytes.size(), [&](Transaction& transaction) {
            check(opened);
            // Whoever seals anew what lies under an older key may have been past it already.
            if (row.key != seal_.current())
                row = toRow(chunk.front(), seal_, static_cast<std::uint64_t>(id));
            transaction.sql().addBody(id, row.key, row.encoding, sqlite::Blob{row.bytes}).run();
        });
    }
    return staged;
}

void StagedBodies::check(std::uint64_t opened) {
    const std::lock_guard lock(mutex_);
    if (opened != opened_)
        throw Error(Fault::unavailable, "store",
                    {"the store was opened anew meanwhile, try later",
                     "la base a été rouverte entre-temps, réessayer plus tard"});
}

void StagedBodies::clean(sqlite::Connection& connection) {
    std::vector<std::int64_t> left;
    {
        sqlite::Statement select(connection,
                                 "SELECT CAST(substr(key, ?) AS INTEGER) FROM meta"
                                 " WHERE key GLOB 'staged-body-*'");
        auto rows = select(kNote.size() + 1);
        while (rows.step()) left.push_back(rows.integer(0));
    }
    sqlite::Statement erase(connection, "DELETE FROM body WHERE id BETWEEN ? AND ?");
    for (const std::int64_t body : left) try {
            erase(body * 65536, body * 65536 + 65535).run();
            forget(connection, body);
        } catch (const sqlite::Failure& failure) {
            if ((failure.code & 0xff) != SQLITE_FULL) throw;  // it goes when there is room
        }
}

void StagedBodies::reopened() {
    const std::lock_guard lock(mutex_);
    ++opened_;
    abandoned_.clear();
}

void StagedBodies::abandon(std::int64_t number, std::uint64_t opened) noexcept try {
    {
        const std::lock_guard lock(mutex_);
        if (opened != opened_) return;  // gone, and its number may be another's
        abandoned_.push_back(number);
    }
    writer_.writeLater([this](Transaction& transaction) { eraseAbandoned(transaction); });
} catch (const std::exception&) {
    // No memory: the note in the file stays for the next start.
}

void StagedBodies::eraseAbandoned(Transaction& transaction) {
    const std::lock_guard lock(mutex_);
    for (const std::int64_t body : abandoned_) {
        transaction.eraseBody(body);
        forget(transaction.connection(), body);
    }
    if (abandoned_.empty()) return;
    transaction.after([this, gone = abandoned_](Board&) {
        const std::lock_guard inner(mutex_);
        std::erase_if(abandoned_, [&](std::int64_t body) {
            return std::find(gone.begin(), gone.end(), body) != gone.end();
        });
    });
}

PreparedBody::PreparedBody(StagedBodies& bodies, std::string_view body) {
    if (body.size() > kChunkSize)
        staged_ = bodies.write(body);
    else
        chunks_ = toChunks(body);
}

std::optional<std::int64_t> PreparedBody::put(Transaction& transaction) {
    return staged_ ? std::optional(staged_.keep(transaction)) : transaction.body(chunks_);
}

}  // namespace gateway
