#include "disk/pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace faults {
namespace {

/// Straight to the kernel: the library's own functions are the ones that this layer replaces.
int openFile(const std::string& path) {
    const long file =
        syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) abort();
    return static_cast<int>(file);
}

}  // namespace

Pages::Pages(const std::string& path) : file_(openFile(path)), disk_(openFile(path + ".disk")) {
    const int states = openFile(path + ".pages");
    if (syscall(SYS_ftruncate, states, kMostPages) != 0) abort();
    void* const at = mmap(nullptr, kMostPages, PROT_READ | PROT_WRITE, MAP_SHARED, states, 0);
    if (at == MAP_FAILED) abort();
    syscall(SYS_close, states);
    states_ = static_cast<PageState*>(at);
    for (std::uint32_t page = 0; page < kMostPages; ++page)
        if (states_[page] == PageState::dirty) dirty_.push_back(page);
}

void Pages::written(std::uint64_t offset, std::uint64_t size) {
    for (std::uint64_t page = offset / kPage; page * kPage < offset + size; ++page) {
        if (page >= kMostPages) abort();
        if (states_[page] == PageState::dirty) continue;
        states_[page] = PageState::dirty;
        dirty_.push_back(static_cast<std::uint32_t>(page));
    }
}

void Pages::copy(std::uint64_t page, int from, int to) {
    char bytes[kPage];
    const auto at = static_cast<long>(page * kPage);
    const long size = syscall(SYS_pread64, from, bytes, sizeof bytes, at);
    if (size > 0 && syscall(SYS_pwrite64, to, bytes, size, at) != size) abort();
}

void Pages::synced(bool good) {
    for (const std::uint32_t page : dirty_) {
        if (good) copy(page, file_, disk_);
        states_[page] = good ? PageState::clean : PageState::lost;
    }
    dirty_.clear();
    const long size = syscall(SYS_lseek, file_, 0, SEEK_END);
    if (good && syscall(SYS_lseek, disk_, 0, SEEK_END) > size) syscall(SYS_ftruncate, disk_, size);
}

void Pages::forgotten() {
    for (std::uint32_t page = 0; page < kMostPages; ++page) {
        if (states_[page] != PageState::lost) continue;
        // Beyond the end of what the disk has are zeros.
        char zeros[kPage] = {};
        const auto at = static_cast<long>(std::uint64_t{page} * kPage);
        const long size = syscall(SYS_lseek, file_, 0, SEEK_END);
        if (at < size) syscall(SYS_pwrite64, file_, zeros, std::min<long>(size - at, kPage), at);
        copy(page, disk_, file_);
        states_[page] = PageState::clean;
    }
}

}  // namespace faults
