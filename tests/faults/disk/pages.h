/// @file  What a disk would hold of a file: a page that was written is only in memory until an
/// fsync; one whose fsync failed is in memory as if it were clean, and never on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faults {

inline constexpr std::uint64_t kPage = 4096;
inline constexpr std::uint64_t kMostPages = 1u << 20;

enum class PageState : std::uint8_t { clean, dirty, lost };

/// Beside FILE: FILE.disk, what the disk holds, and FILE.pages, one byte of state a page. Both
/// outlive the process, as a kernel's memory does.
class Pages {
public:
    explicit Pages(const std::string& path);

    void written(std::uint64_t offset, std::uint64_t size);
    /// What is dirty goes to the disk, or is lost.
    void synced(bool good);
    /// Clean pages are read anew: those that were lost are as the disk has them.
    void forgotten();

private:
    void copy(std::uint64_t page, int from, int to);

    int file_ = -1;
    int disk_ = -1;
    PageState* states_ = nullptr;
    std::vector<std::uint32_t> dirty_;
};

}  // namespace faults
