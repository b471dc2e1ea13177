#include "record.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "gateway/error.h"
#include "gateway/guard.h"

namespace simulate {
namespace {

[[noreturn]] void fail(const std::string& path) {
    throw gateway::Error(gateway::Fault::unavailable, path,
                         std::string("cannot be written: ") + std::strerror(errno));
}

void writeAll(int file, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(file, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) fail(path);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    if (::fdatasync(file) != 0 && errno != EINVAL) fail(path);
}

int openFile(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (file < 0) fail(path);
    return file;
}

}  // namespace

std::string shownId(std::string_view id) { return id.empty() ? "-" : gateway::guard::line(id, 64); }

Record::Record(std::string path, std::string extension) : extension_(std::move(extension)) {
    if (path.empty()) return;
    std::error_code error;
    if (path.back() == '/') std::filesystem::create_directories(path, error);
    if (std::filesystem::is_directory(path, error))
        folder_ = std::move(path);
    else
        file_ = openFile(path, O_WRONLY | O_CREAT | O_APPEND);
}

Record::~Record() {
    if (file_ >= 0) ::close(file_);
}

void Record::add(std::string_view message, std::string_view framed) {
    const std::lock_guard lock(mutex_);
    if (file_ >= 0) return writeAll(file_, framed, "the record");
    if (folder_.empty()) return;
    char name[32];
    do std::snprintf(name, sizeof name, "%08llu.", static_cast<unsigned long long>(++count_));
    while (std::filesystem::exists(std::filesystem::path(folder_) / (name + extension_)));
    writeFile(name + extension_, message);
}

void Record::writeFile(const std::string& name, std::string_view message) const {
    const std::filesystem::path path = std::filesystem::path(folder_) / name;
    const std::string temporary = path.string() + ".part";
    const int file = openFile(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    try {
        writeAll(file, message, temporary);
    } catch (const gateway::Error&) {
        ::close(file);
        throw;
    }
    ::close(file);
    if (::rename(temporary.c_str(), path.c_str()) != 0) fail(path);
    const int folder = openFile(folder_, O_RDONLY | O_DIRECTORY);
    ::fsync(folder);
    ::close(folder);
}

}  // namespace simulate
