#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "words/system_fault.h"

namespace gateway::folder {
namespace {

Version versionOf(const struct stat& status) {
    return {static_cast<std::uint64_t>(status.st_size),
            status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec,
            static_cast<std::uint64_t>(status.st_ino)};
}

/// Copies a file to another file system. @return 0 or the system's error
int copyAcross(int from, const std::string& name, int to, const std::string& target) {
    const Descriptor in(openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!in) return errno;
    const std::string temporary = "." + target + ".part";
    const Descriptor out(
        openat(to, temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640));
    if (!out) return errno;
    std::string block(1u << 18, '\0');
    int error = 0;
    while (error == 0) {
        const ssize_t got = read(in.get(), block.data(), block.size());
        if (got == 0) break;
        if (got < 0)
            error = errno;
        else
            error = writeDurably(out.get(), {block.data(), static_cast<std::size_t>(got)});
    }
    if (error == 0 && renameat(to, temporary.c_str(), to, target.c_str()) != 0) error = errno;
    if (error == 0 && fsync(to) != 0) error = errno;
    if (error == 0 && unlinkat(from, name.c_str(), 0) != 0) error = errno;
    if (error != 0) unlinkat(to, temporary.c_str(), 0);
    return error;
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Descriptor::~Descriptor() {
    if (fd_ >= 0) close(fd_);
}

std::string identityOf(int file) {
    struct stat status {};
    if (fstat(file, &status) != 0) return {};
    return std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

Descriptor openFolder(const std::string& path) {
    Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder)
        throw Error(Fault::unavailable, path,
                    say("cannot open the folder: {0}", "dossier impossible à ouvrir : {0}",
                        {systemFault(errno)}));
    return folder;
}

std::vector<Entry> listFolder(const std::string& path) {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), &closedir);
    if (!folder)
        throw Error(
            Fault::unavailable, path,
            say("cannot read the folder: {0}", "dossier illisible : {0}", {systemFault(errno)}));
    std::vector<Entry> entries;
    for (;;) {
        errno = 0;
        const dirent* const found = readdir(folder.get());
        if (found == nullptr) break;
        if (const auto version = versionIn(dirfd(folder.get()), found->d_name))
            entries.push_back({found->d_name, *version});
    }
    if (errno != 0)
        throw Error(
            Fault::unavailable, path,
            say("cannot read the folder: {0}", "dossier illisible : {0}", {systemFault(errno)}));
    return entries;
}

std::optional<Version> versionIn(int folder, const std::string& name) {
    struct stat status {};
    if (fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode))
        return {};
    return versionOf(status);
}

Read readFile(int folder, const Entry& entry, std::uint64_t most, std::string& out) {
    if (entry.version.size > most) return Read::tooLarge;
    const Descriptor file(
        openat(folder, entry.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) return errno == ENOENT ? Read::gone : Read::failed;
    out.resize(entry.version.size + 1);  // one more: to see that it has grown
    std::size_t at = 0;
    while (at < out.size()) {
        const ssize_t got = read(file.get(), out.data() + at, out.size() - at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Read::failed;
        if (got == 0) break;
        at += static_cast<std::size_t>(got);
    }
    struct stat status {};
    if (fstat(file.get(), &status) != 0) return Read::failed;
    if (at != entry.version.size || versionOf(status) != entry.version) return Read::changing;
    out.resize(at);
    return Read::done;
}

int moveDurably(int from, const std::string& name, int to) {
    std::string target = name;
    for (int number = 1; number <= 9999; ++number) {
        int error =
            renameat2(from, name.c_str(), to, target.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
        if (error == EINVAL || error == EXDEV) {  // no such flag here, or another file system
            if (faccessat(to, target.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0)
                error = EEXIST;
            else if (error == EXDEV)
                error = copyAcross(from, name, to, target);
            else
                error = renameat(from, name.c_str(), to, target.c_str()) == 0 ? 0 : errno;
        }
        if (error == 0) return fsync(to) == 0 && fsync(from) == 0 ? 0 : errno;
        if (error != EEXIST) return error;
        target = name + "." + std::to_string(number);
    }
    return EEXIST;
}

int writeDurably(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = write(file, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return errno;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return fsync(file) == 0 ? 0 : errno;
}

}  // namespace gateway::folder
