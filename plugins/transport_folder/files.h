/// @file  What source and destination do with files: open folders, whole reads, durable moves.
///
/// Names of files may hold identifiers of persons: no error or log line of this plugin has one.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"

namespace gateway::folder {

/// A file descriptor that closes itself.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor();
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// What tells one content of a file from another.
struct Version {
    std::uint64_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds since 1970
    std::uint64_t inode = 0;
    friend bool operator==(const Version&, const Version&) = default;
};

struct Entry {
    std::string name;
    Version version;
};

/// Of an open file: the same as long as it is the same file.
std::string identityOf(int file);
/// @throws Error(unavailable, the folder) when it is none
Descriptor openFolder(const std::string& path);
/// The regular files in it, in no order. @throws Error(unavailable)
std::vector<Entry> listFolder(const std::string& path);
/// The version of a regular file, if there is one of that name.
std::optional<Version> versionIn(int folder, const std::string& name);

/// How a read ended.
enum class Read { done, gone, changing, tooLarge, failed };
/// Reads a whole file of that version; symbolic links are not followed.
Read readFile(int folder, const Entry& entry, std::uint64_t most, std::string& out);

/// Moves a file into another folder, over file systems too, under its own name or one with a number
/// behind; both folders are durable afterwards. @return 0 or the system's error
int moveDurably(int from, const std::string& name, int to);
/// Writes all of it and makes it durable. @return 0 or the system's error
int writeDurably(int file, std::string_view bytes);

}  // namespace gateway::folder
