#include "store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "gateway/error.h"
#include "words/system_fault.h"

namespace gateway {

namespace {

[[noreturn]] void fail(const std::string& path, const Reason& what, int code) {
    throw Error(Fault::unavailable, path, say("{0}: {1}", "{0} : {1}", {what, systemFault(code)}));
}

const Reason kNotOpened{"cannot be opened", "ne peut être ouvert"};

int openFile(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) fail(path, kNotOpened, errno);
    return file;
}

}  // namespace

FileLock::FileLock(const std::string& path) : file_(openFile(path)) {
    if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return;
    const int code = errno;
    ::close(file_);
    if (code == EWOULDBLOCK)
        throw Error(Fault::unavailable, path,
                    Reason{"the store is in use by another process",
                           "la base est utilisée par un autre processus"});
    fail(path, {"cannot be locked", "ne peut être verrouillé"}, code);
}

FileLock::~FileLock() { ::close(file_); }

void preparePlace(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty() && !std::filesystem::exists(folder, error)) {
        if (folder.has_parent_path())
            std::filesystem::create_directories(folder.parent_path(), error);
        if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
            fail(folder.string(), {"the folder cannot be made", "le dossier ne peut être créé"},
                 errno);
    }
    ::close(openFile(path));
}

void readAnew(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return;
    if (file < 0) fail(path, kNotOpened, errno);
    // What a killed process left unwritten is written; only what is clean can be forgotten.
    const int code = ::fsync(file) == 0 ? ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) : errno;
    ::close(file);
    if (code != 0) fail(path, {"cannot be made durable", "ne peut être rendu durable"}, code);
}

}  // namespace gateway
