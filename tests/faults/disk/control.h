/// @file  What the harness and the layer below the gateway share: one page of memory, mapped by
/// both. All of it may be changed while the gateway runs.
#pragma once

#include <atomic>
#include <cstdint>

namespace faults {

enum class WriteFault : std::uint32_t { none, full, error, shortThenFull };
enum class SyncFault : std::uint32_t { none, error };

struct Control {
    /// Counted calls: write, pwrite, fsync, fdatasync, ftruncate, send, sendto, sendmsg.
    std::atomic<std::uint64_t> calls;
    /// The process is killed right before that call; 0: never.
    std::atomic<std::uint64_t> crashAt;
    // Of the store's files.
    std::atomic<WriteFault> writes;
    std::atomic<SyncFault> syncs;
    std::atomic<std::uint32_t> syncsToFail;  ///< 0: all, as long as `syncs` says so
    std::atomic<std::uint32_t> syncDelayMs;
    std::atomic<std::uint64_t> met;        ///< how often a fault of the disk struck
    std::atomic<std::uint64_t> freeBytes;  ///< what the disk says is left; 0: the truth
    /// Keeps beside each file of the store what a disk would hold of it (pages.h).
    std::atomic<std::uint32_t> keepsPages;
    std::atomic<std::int64_t> clockShiftMs;  ///< of the time of day; other clocks go on
};

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// Names of the environment: the file of Control, the path that the store's files begin with.
inline constexpr const char* kControlVariable = "FAULTS_CONTROL";
inline constexpr const char* kStoreVariable = "FAULTS_STORE";

}  // namespace faults
