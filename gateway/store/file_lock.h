/// @file  A lock file: one process at a time has a store.
#pragma once

#include <string>

namespace gateway {

class FileLock {
public:
    /// @throws Error(unavailable) when another process has it
    explicit FileLock(const std::string& path);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    int file_ = -1;
};

/// Makes the folder (for its owner alone) and an empty database file that only its owner can read,
/// when they are missing.
void preparePlace(const std::string& path);
/// Makes the system's memory of a file and the disk one, if there is such a file. After an fsync
/// that failed the memory holds, as if clean, what the disk may never have got: whoever read that
/// and built on it would lose all of it at the next power cut.
/// @throws Error(unavailable)
void readAnew(const std::string& path);

}  // namespace gateway
