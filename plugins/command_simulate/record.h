/// @file  Where a simulated partner keeps what it got.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace simulate {

/// An id that a partner gave, to be printed on a line; "-" for none.
std::string shownId(std::string_view id);

/// Durable when add() returns. A folder gets one file for each message, a file gets them all.
class Record {
public:
    /// @param path       empty: nothing is kept; an existing folder or a path ending in '/': a
    /// folder
    /// @param extension  of the files in a folder: "hl7"
    /// @throws gateway::Error
    Record(std::string path, std::string extension);
    ~Record();
    Record(const Record&) = delete;
    Record& operator=(const Record&) = delete;

    /// @param framed  what a file gets: the message in whatever tells it from the next
    /// @throws gateway::Error(unavailable)
    void add(std::string_view message, std::string_view framed);

private:
    void writeFile(const std::string& name, std::string_view message) const;

    std::string folder_;
    std::string extension_;
    std::mutex mutex_;  // guards the rest
    std::uint64_t count_ = 0;
    int file_ = -1;
};

}  // namespace simulate
