/// @file  Bodies that are too large for one transaction.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "store/pack.h"
#include "store/sqlite.h"

namespace gateway {

class Transaction;
class Writer;

/// Writes large bodies chunk by chunk, each chunk in a commit of its own that others share, before
/// the transaction that refers to them: so that nobody waits for one of 64 MB, and memory holds one
/// chunk of what is written. What a crash leaves of one that nothing refers to is noted in the file
/// and goes at the next start.
class StagedBodies {
public:
    /// Owns a body until something refers to it.
    class Staged {
    public:
        Staged() = default;
        Staged(StagedBodies& bodies, std::int64_t number, std::uint64_t opened)
            : bodies_(&bodies), number_(number), opened_(opened) {}
        ~Staged();
        Staged(Staged&& other) noexcept { swap(other); }
        Staged& operator=(Staged&& other) noexcept {
            swap(other);
            return *this;
        }
        /// In the transaction that refers to it. @return its number
        /// @throws Error(unavailable) when the file was opened anew meanwhile
        std::int64_t keep(Transaction& transaction);
        explicit operator bool() const { return bodies_ != nullptr; }

    private:
        void swap(Staged& other) noexcept {
            std::swap(bodies_, other.bodies_);
            std::swap(number_, other.number_);
            std::swap(opened_, other.opened_);
        }
        StagedBodies* bodies_ = nullptr;
        std::int64_t number_ = 0;
        std::uint64_t opened_ = 0;
    };

    StagedBodies(Writer& writer, const Seal& seal) : writer_(writer), seal_(seal) {}
    /// @throws Error  nothing of it stays
    Staged write(std::string_view body);
    /// Takes away what a crash left. When the file is opened.
    static void clean(sqlite::Connection& connection);
    /// The file was opened anew: what is being written is lost.
    void reopened();

private:
    void check(std::uint64_t opened);
    void abandon(std::int64_t number, std::uint64_t opened) noexcept;
    void eraseAbandoned(Transaction& transaction);

    Writer& writer_;
    const Seal& seal_;
    std::mutex mutex_;  ///< guards all below
    std::vector<std::int64_t> abandoned_;
    std::uint64_t opened_ = 0;  ///< how many times anew
};

/// The bytes of a message or a delivery, made ready to be written.
class PreparedBody {
public:
    PreparedBody() = default;
    /// @param body  must outlive this
    PreparedBody(StagedBodies& bodies, std::string_view body);
    /// @return its number, nothing when it is empty
    std::optional<std::int64_t> put(Transaction& transaction);

private:
    std::vector<Chunk> chunks_;
    StagedBodies::Staged staged_;
};

}  // namespace gateway
