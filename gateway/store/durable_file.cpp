#include "store/durable_file.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

#include "gateway/error.h"
#include "words/system_fault.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const Reason& what, int code) {
    throw Error(code == EEXIST ? Fault::rejected : Fault::unavailable, path,
                say("{0}: {1}", "{0} : {1}", {what, systemFault(code)}));
}

const Reason kNotMade{"cannot be made", "ne peut être créé"};
const Reason kNotRead{"cannot be read", "ne peut être lu"};
const Reason kNotWritten{"cannot be written", "ne peut être écrit"};
const Reason kNotDurable{"cannot be made durable", "ne peut être rendu durable"};

class File {
public:
    File(const std::string& path, int flags, const Reason& otherwise)
        : path_(path), file_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (file_ < 0) fail(path, otherwise, errno);
    }
    ~File() { ::close(file_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    std::size_t read(std::vector<char>& into) {
        const ssize_t got = ::read(file_, into.data(), into.size());
        if (got < 0) fail(path_, kNotRead, errno);
        return static_cast<std::size_t>(got);
    }
    void write(const char* bytes, std::size_t size) {
        while (size > 0) {
            const ssize_t done = ::write(file_, bytes, size);
            if (done < 0) fail(path_, kNotWritten, errno);
            bytes += done;
            size -= static_cast<std::size_t>(done);
        }
    }
    void sync() {
        if (::fsync(file_) != 0) fail(path_, kNotDurable, errno);
    }

private:
    const std::string path_;
    const int file_;
};

}  // namespace

void makePrivate(const std::string& path) { File(path, O_WRONLY | O_CREAT | O_EXCL, kNotMade); }

void copyPrivate(const std::string& from, const std::string& to) {
    File in(from, O_RDONLY, kNotRead);
    File out(to, O_WRONLY | O_CREAT | O_EXCL, kNotMade);
    std::vector<char> buffer(1u << 20);
    while (const std::size_t got = in.read(buffer)) out.write(buffer.data(), got);
    out.sync();
}

void makeDurable(const std::string& path) { File(path, O_RDWR, kNotDurable).sync(); }

void makeFolderDurable(const std::string& pathInIt) {
    const fs::path folder = fs::absolute(pathInIt).parent_path();
    File(folder.string(), O_RDONLY | O_DIRECTORY, kNotDurable).sync();
}

void putInPlace(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) fail(to, kNotWritten, errno);
    makeFolderDurable(to);
}

void nameAlso(const std::string& path, const std::string& other) {
    if (::link(path.c_str(), other.c_str()) != 0) fail(other, kNotMade, errno);
}

std::string freeName(const std::string& path, const std::string& kind) {
    std::string name = path + "." + kind;
    for (int next = 2; fs::exists(fs::symlink_status(name)); ++next)
        name = path + "." + kind + "-" + std::to_string(next);
    return name;
}

void needRoom(const std::string& path, std::uint64_t bytes) {
    struct statvfs state {};
    const std::string folder = fs::absolute(path).parent_path().string();
    if (::statvfs(folder.c_str(), &state) != 0)
        fail(folder, {"there is no such folder", "ce dossier n'existe pas"}, errno);
    const std::uint64_t free = std::uint64_t{state.f_bavail} * state.f_frsize;
    if (free >= bytes) return;
    const auto mebibytes = [](std::uint64_t n) { return std::to_string((n >> 20) + 1); };
    throw Error(
        Fault::unavailable, folder,
        say("the disk has {0} MiB left, {1} MiB are needed",
            "il reste {0} Mio sur le disque, il en faut {1}", {mebibytes(free), mebibytes(bytes)}));
}

}  // namespace gateway
