#include "store/log_repair.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

#include "gateway/error.h"
#include "words/system_fault.h"

namespace gateway {
namespace {

// The format: sqlite.org/fileformat2.html#the_write_ahead_log
constexpr std::size_t kHeader = 32, kSummed = 24;  ///< of the log; what its sum covers
constexpr std::size_t kFrame = 24, kFrameSummed = 8;
constexpr std::uint32_t kLittle = 0x377f0682, kBig = 0x377f0683, kVersion = 3007000;
constexpr int kBitsMost = 64;  ///< that are put right; a log with more is another kind of damage
constexpr std::uint64_t kTorn = 1;  ///< commit that a power cut may have left in part

using Bytes = std::vector<unsigned char>;

std::uint32_t number(const unsigned char* at) {
    return static_cast<std::uint32_t>(at[0]) << 24 | static_cast<std::uint32_t>(at[1]) << 16 |
           static_cast<std::uint32_t>(at[2]) << 8 | at[3];
}

struct Sum {
    std::uint32_t one = 0, other = 0;
    friend bool operator==(const Sum&, const Sum&) = default;

    static Sum at(const unsigned char* bytes) { return {number(bytes), number(bytes + 4)}; }
    Sum over(const unsigned char* bytes, std::size_t size, bool big) const {
        Sum sum = *this;
        for (const unsigned char* const end = bytes + size; bytes < end; bytes += 8) {
            sum.one += word(bytes, big) + sum.other;
            sum.other += word(bytes + 4, big) + sum.one;
        }
        return sum;
    }
    int bitsFrom(const Sum& other_) const {
        return std::popcount(one ^ other_.one) + std::popcount(other ^ other_.other);
    }

private:
    static std::uint32_t word(const unsigned char* at, bool big) {
        if (big) return number(at);
        std::uint32_t word = 0;
        std::memcpy(&word, at, sizeof word);
        return std::endian::native == std::endian::little ? word : __builtin_bswap32(word);
    }
};

class File {
public:
    explicit File(const std::string& path)
        : path_(path), file_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
        if (file_ < 0 && errno != ENOENT) fail();
    }
    ~File() {
        if (file_ >= 0) ::close(file_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool here() const { return file_ >= 0; }
    bool read(Bytes& into, std::uint64_t at) const {
        const ssize_t got = ::pread(file_, into.data(), into.size(), static_cast<off_t>(at));
        if (got < 0) fail();
        return static_cast<std::size_t>(got) == into.size();
    }
    void write(const Bytes& bytes, std::uint64_t at) const {
        const ssize_t done = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (done < 0 || ::fsync(file_) != 0) fail();
        if (static_cast<std::size_t>(done) != bytes.size()) {
            errno = ENOSPC;
            fail();
        }
    }

private:
    [[noreturn]] void fail() const {
        throw Error(Fault::unavailable, path_,
                    say("cannot be read or written: {0}", "ne peut être lu ou écrit : {0}",
                        {systemFault(errno)}));
    }
    const std::string path_;
    const int file_;
};

/// Turns the one bit with which `good` is true. The sums are weak: of the upper bits of a word many
/// make the same one. Which it was is known only when no other would do as well.
/// @return how many would do; unless it is 1 all is as before
template <class Good>
int turnOne(Bytes& bytes, Good good) {
    std::optional<std::size_t> found;
    const auto turn = [&](std::size_t bit) {
        bytes[bit / 8] ^= static_cast<unsigned char>(1u << bit % 8);
    };
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        turn(bit);
        const bool fits = good();
        turn(bit);
        if (!fits) continue;
        if (found) return 2;
        found = bit;
    }
    if (found) turn(*found);
    return found ? 1 : 0;
}

class Log {
public:
    Log(const File& file, const std::function<void()>& before)
        : file_(file), before_(before), header_(kHeader) {}

    RepairedLog repair() {
        if (!file_.read(header_, 0) || !goodHeader()) return repaired_;
        frame_.resize(kFrame + pageSize());
        std::uint64_t at = kHeader;
        for (; file_.read(frame_, at); at += frame_.size()) {
            if (!whole() && !mend(at)) break;
            sum_ = Sum::at(&frame_[16]);
        }
        countLost(at);
        return repaired_;
    }

private:
    bool soundHeader() const {
        const std::uint32_t magic = number(&header_[0]);
        return (magic == kLittle || magic == kBig) && number(&header_[4]) == kVersion &&
               Sum{}.over(header_.data(), kSummed, magic == kBig) == Sum::at(&header_[kSummed]);
    }
    /// What it says of the frames must be so, too.
    bool goodHeader() {
        if (soundHeader()) return begin();
        const int fitting =
            turnOne(header_, [&] { return soundHeader() && begin() && firstWhole(); });
        if (fitting == 1) {
            write(header_, 0);
            return begin();
        }
        Bytes least(kFrame + 512);
        if (!file_.read(least, kHeader)) return false;  // there is nothing behind it
        if (turnOne(header_, [&] { return soundHeader() && begin(); }) == 0) return false;
        repaired_.lost = kTorn + 1;  // a log that was begun, and all of it is unreadable
        return false;
    }
    bool begin() {
        big_ = number(&header_[0]) == kBig;
        sum_ = Sum::at(&header_[kSummed]);
        return pageSize() >= 512 && pageSize() <= 65536 && std::has_single_bit(pageSize());
    }
    bool firstWhole() {
        frame_.resize(kFrame + pageSize());
        return file_.read(frame_, kHeader) && whole();
    }
    std::size_t pageSize() const { return number(&header_[8]); }
    void write(const Bytes& bytes, std::uint64_t at) {
        if (repaired_.bits++ == 0) before_();
        file_.write(bytes, at);
    }

    int saltBits() const { return Sum::at(&frame_[8]).bitsFrom(Sum::at(&header_[16])); }
    Sum computed() const {
        return sum_.over(frame_.data(), kFrameSummed, big_)
            .over(frame_.data() + kFrame, frame_.size() - kFrame, big_);
    }
    bool whole() const { return saltBits() == 0 && computed() == Sum::at(&frame_[16]); }
    bool ends() const { return number(&frame_[4]) != 0; }

    /// One bit alone. What is left of a former round of the log has another salt: no one bit is
    /// that.
    bool mend(std::uint64_t at) {
        if (saltBits() > 1 || repaired_.bits >= kBitsMost) return false;
        if (turnOne(frame_, [&] { return whole(); }) != 1) return false;
        write(frame_, at);
        return true;
    }

    /// Each commit is durable before the next begins: of one alone, the last, a part may be
    /// missing.
    void countLost(std::uint64_t at) {
        std::uint64_t commits = 0;
        for (bool first = true; file_.read(frame_, at); at += frame_.size(), first = false) {
            if (ends() && (first ? saltBits() == 0 : whole())) ++commits;
            sum_ = Sum::at(&frame_[16]);
        }
        if (commits > kTorn) repaired_.lost = commits;
    }

    const File& file_;
    const std::function<void()>& before_;
    Bytes header_, frame_;
    Sum sum_;
    bool big_ = false;
    RepairedLog repaired_;
};

}  // namespace

RepairedLog repairLog(const std::string& log, const std::function<void()>& before) {
    const File file(log);
    return file.here() ? Log(file, before).repair() : RepairedLog{};
}

}  // namespace gateway
