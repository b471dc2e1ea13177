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

}  // namespace gateway
