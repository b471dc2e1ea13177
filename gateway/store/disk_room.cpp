#include "store/disk_room.h"

#include <sys/statvfs.h>

#include <filesystem>
#include <limits>

#include "gateway/error.h"

namespace gateway {

namespace {

constexpr std::chrono::milliseconds kLookEvery{100};
/// What a message takes beside its body: rows, indexes, events, its deliveries, twice (log and
/// file).
constexpr std::uint64_t kBeside = 64u << 10;

}  // namespace

DiskRoom::DiskRoom(std::string path, std::uint64_t reserve, Log* log)
    : folder_(std::filesystem::absolute(path).parent_path()), reserve_(reserve), log_(log) {}

void DiskRoom::claim(std::uint64_t bytes) {
    if (reserve_ == 0) return;
    const std::lock_guard lock(mutex_);
    const std::uint64_t wanted = 2 * bytes + kBeside, room = free();
    // Until the next look others count on the same room.
    free_ -= std::min(free_, wanted);
    const bool low = room < reserve_ + wanted;
    if (low != low_ && log_) {
        if (low)
            log_->error("disk-low", {{"free_bytes", room}, {"reserve_bytes", reserve_}});
        else
            log_->info("disk-has-room", {{"free_bytes", room}});
    }
    low_ = low;
    if (low)
        throw Error(Fault::unavailable, "store",
                    Reason{"the disk has no more room than its reserve, try later",
                           "le disque n'a plus que sa réserve, réessayez plus tard"});
}

bool DiskRoom::low() {
    if (reserve_ == 0) return false;
    const std::lock_guard lock(mutex_);
    return free() < reserve_;
}

std::uint64_t DiskRoom::free() {
    const Clock::time_point now = Clock::now();
    if (now - looked_ < kLookEvery) return free_;
    looked_ = now;
    struct statvfs state {};
    // A disk that does not even say how full it is shows its trouble to the writer.
    free_ = ::statvfs(folder_.c_str(), &state) == 0 ? std::uint64_t{state.f_bavail} * state.f_frsize
                                                    : std::numeric_limits<std::uint64_t>::max();
    return free_;
}

}  // namespace gateway
