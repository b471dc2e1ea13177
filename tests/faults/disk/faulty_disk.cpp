/// Stands between the gateway and the kernel (LD_PRELOAD): counts calls and kills at one of them,
/// makes the store's disk fail, keeps apart what was not yet made durable, shifts the clock.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "disk/control.h"
#include "disk/pages.h"

namespace {
using namespace faults;

template <class Function>
Function real(const char* name) {
    void* const found = dlsym(RTLD_NEXT, name);
    if (found == nullptr) abort();
    return reinterpret_cast<Function>(found);
}

#define REAL(name)                                                   \
    (*[] {                                                           \
        static const auto original = real<decltype(&::name)>(#name); \
        return original;                                             \
    }())

Control* openControl() {
    const char* const path = getenv(kControlVariable);
    if (path == nullptr) return nullptr;
    const long file = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* const at = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED,
                          static_cast<int>(file), 0);
    syscall(SYS_close, file);
    return at == MAP_FAILED ? nullptr : static_cast<Control*>(at);
}

/// Null in a process that is not the harness's gateway.
Control* control() {
    static Control* const one = openControl();
    return one;
}

enum class Kind : unsigned char { unknown, store, other };

/// By descriptor; forgotten when it is closed.
std::array<std::atomic<Kind>, 65536> kinds;

std::string pathOf(int file) {
    char path[512];
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    const ssize_t size = readlink(link.c_str(), path, sizeof path);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : std::string();
}

/// The store's own files: database and write-ahead log. The index in shared memory is made anew
/// after a crash, the lock holds nothing.
bool isStore(int file) {
    if (control() == nullptr || file < 0 || file >= static_cast<int>(kinds.size())) return false;
    std::atomic<Kind>& kind = kinds[static_cast<std::size_t>(file)];
    if (kind == Kind::unknown) {
        const char* const store = getenv(kStoreVariable);
        const std::string path = pathOf(file);
        kind = store != nullptr && (path == store || path == std::string(store) + "-wal")
                   ? Kind::store
                   : Kind::other;
    }
    return kind == Kind::store;
}

void counted() {
    Control* const with = control();
    if (with == nullptr) return;
    const std::uint64_t call = ++with->calls;
    if (call == with->crashAt) raise(SIGKILL);
}

std::mutex pagesMutex;  // guards what pagesOf() gives, too

Pages& pagesOf(int file) {
    static std::map<std::string, std::unique_ptr<Pages>> all;
    const std::string path = pathOf(file);
    auto& pages = all[path];
    if (!pages) pages = std::make_unique<Pages>(path);
    return *pages;
}

bool keepsPages(int file) { return isStore(file) && control()->keepsPages != 0; }

ssize_t writeAt(int file, const void* bytes, size_t size, off64_t at) {
    counted();
    size_t wanted = size;
    if (isStore(file)) {
        switch (control()->writes.load()) {
            case WriteFault::none: break;
            case WriteFault::full:
                ++control()->met;
                errno = ENOSPC;
                return -1;
            case WriteFault::error:
                ++control()->met;
                errno = EIO;
                return -1;
            case WriteFault::shortThenFull:
                ++control()->met;
                if (size <= 64) {
                    errno = ENOSPC;
                    return -1;
                }
                wanted = size / 2;
        }
    }
    if (!keepsPages(file)) return REAL(pwrite64)(file, bytes, wanted, at);
    const std::lock_guard lock(pagesMutex);
    const ssize_t written = REAL(pwrite64)(file, bytes, wanted, at);
    if (written > 0)
        pagesOf(file).written(static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(written));
    return written;
}

int sync(int file, int (*really)(int)) {
    counted();
    if (!isStore(file)) return really(file);
    Control& with = *control();
    if (const auto delay = with.syncDelayMs.load(); delay > 0) usleep(delay * 1000);
    bool fails = with.syncs == SyncFault::error;
    if (fails && with.syncsToFail > 0 && --with.syncsToFail == 0) with.syncs = SyncFault::none;
    if (fails) ++with.met;
    if (with.keepsPages != 0) {
        const std::lock_guard lock(pagesMutex);
        pagesOf(file).synced(!fails);
    } else if (!fails) {
        return really(file);
    }
    if (!fails) return 0;
    errno = EIO;
    return -1;
}

}  // namespace

extern "C" {

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
    return writeAt(file, bytes, size, at);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
    return writeAt(file, bytes, size, at);
}
ssize_t write(int file, const void* bytes, size_t size) {
    counted();
    return REAL(write)(file, bytes, size);
}
int fsync(int file) { return sync(file, REAL(fsync)); }
int fdatasync(int file) { return sync(file, REAL(fdatasync)); }
int ftruncate64(int file, off64_t size) {
    counted();
    return REAL(ftruncate64)(file, size);
}
int posix_fadvise(int file, off_t at, off_t size, int advice) {
    if (advice != POSIX_FADV_DONTNEED || !keepsPages(file))
        return REAL(posix_fadvise)(file, at, size, advice);
    const std::lock_guard lock(pagesMutex);
    pagesOf(file).forgotten();
    return 0;
}
int close(int file) {
    if (file >= 0 && file < static_cast<int>(kinds.size()))
        kinds[static_cast<std::size_t>(file)] = Kind::unknown;
    return REAL(close)(file);
}

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
    counted();
    return REAL(send)(socket, bytes, size, flags);
}
ssize_t sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to,
               socklen_t length) {
    counted();
    return REAL(sendto)(socket, bytes, size, flags, to, length);
}
ssize_t sendmsg(int socket, const msghdr* message, int flags) {
    counted();
    return REAL(sendmsg)(socket, message, flags);
}

int statvfs(const char* path, struct statvfs* into) {
    const int code = REAL(statvfs)(path, into);
    if (code == 0 && control() != nullptr && control()->freeBytes != 0)
        into->f_bavail = into->f_bfree = control()->freeBytes / into->f_frsize;
    return code;
}
int statvfs64(const char* path, struct statvfs64* into) {
    const int code = REAL(statvfs64)(path, into);
    if (code == 0 && control() != nullptr && control()->freeBytes != 0)
        into->f_bavail = into->f_bfree = control()->freeBytes / into->f_frsize;
    return code;
}

int clock_gettime(clockid_t clock, timespec* into) noexcept {
    const long code = syscall(SYS_clock_gettime, clock, into);
    if (code != 0 || clock != CLOCK_REALTIME || control() == nullptr) return static_cast<int>(code);
    const std::int64_t shift = control()->clockShiftMs;
    into->tv_sec += shift / 1000;
    return 0;
}

}  // extern "C"
