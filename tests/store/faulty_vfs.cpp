#include "store/faulty_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <new>

namespace store_suite {

std::atomic<FaultyFiles::Fault> FaultyFiles::fault{FaultyFiles::Fault::none};
std::atomic<int> FaultyFiles::met{0};
std::atomic<int> FaultyFiles::syncs{0};

namespace {

using Fault = FaultyFiles::Fault;

/// SQLite's object for a file, followed by the real one.
struct File {
    sqlite3_file base;
    bool log;
};

sqlite3_vfs* real() { return sqlite3_vfs_find("unix"); }
File* self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* inner(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(self(file) + 1); }

bool strikes(sqlite3_file* file, Fault fault) {
    if (!self(file)->log || FaultyFiles::fault != fault) return false;
    ++FaultyFiles::met;
    return true;
}

template <auto Member, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
    return (inner(file)->pMethods->*Member)(inner(file), arguments...);
}

int writeFile(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    if (strikes(file, Fault::full)) return SQLITE_FULL;
    if (strikes(file, Fault::write)) return SQLITE_IOERR_WRITE;
    return forward<&sqlite3_io_methods::xWrite>(file, bytes, size, at);
}

int syncFile(sqlite3_file* file, int flags) {
    if (strikes(file, Fault::sync)) return SQLITE_IOERR_FSYNC;
    if (strikes(file, Fault::stall)) {
        FaultyFiles::met.notify_all();
        FaultyFiles::fault.wait(Fault::stall);
    }
    if (self(file)->log) ++FaultyFiles::syncs;
    return forward<&sqlite3_io_methods::xSync>(file, flags);
}

using M = sqlite3_io_methods;

const sqlite3_io_methods kMethods = {
    2,
    &forward<&M::xClose>,
    &forward<&M::xRead, void*, int, sqlite3_int64>,
    &writeFile,
    &forward<&M::xTruncate, sqlite3_int64>,
    &syncFile,
    &forward<&M::xFileSize, sqlite3_int64*>,
    &forward<&M::xLock, int>,
    &forward<&M::xUnlock, int>,
    &forward<&M::xCheckReservedLock, int*>,
    &forward<&M::xFileControl, int, void*>,
    &forward<&M::xSectorSize>,
    &forward<&M::xDeviceCharacteristics>,
    &forward<&M::xShmMap, int, int, int, void volatile**>,
    &forward<&M::xShmLock, int, int, int>,
    [](sqlite3_file* file) { inner(file)->pMethods->xShmBarrier(inner(file)); },
    &forward<&M::xShmUnmap, int>,
    nullptr,
    nullptr,
};

int openFile(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
    new (file) File{{nullptr}, (flags & SQLITE_OPEN_WAL) != 0};
    const int code = real()->xOpen(real(), name, inner(file), flags, out);
    if (code == SQLITE_OK) file->pMethods = &kMethods;
    return code;
}

}  // namespace

const char* FaultyFiles::name() {
    static sqlite3_vfs vfs = [] {
        sqlite3_initialize();
        sqlite3_vfs copy = *real();
        copy.pNext = nullptr;
        copy.zName = "faulty";
        copy.szOsFile += static_cast<int>(sizeof(File));
        copy.xOpen = &openFile;
        return copy;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    static_cast<void>(registered);
    return vfs.zName;
}

}  // namespace store_suite
