/// @file  Whether a key stands twice in one object, at any depth and any number of keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace json {

/// The keys of the objects that are open. Few keys are compared one by one, many are hashed.
class Keys {
public:
    void open() { frames_.push_back({keys_.size(), copies_.size(), {}}); }
    void close();
    /// @param lasting  whether the bytes of `key` outlive the object
    /// @return false when the innermost object has this key already
    bool add(std::string_view key, bool lasting);

private:
    struct Frame {
        std::size_t first;
        std::size_t copies;
        std::unordered_set<std::string_view> many;
    };
    bool known(Frame& frame, std::string_view key, std::uint32_t mark);

    std::vector<Frame> frames_;
    std::vector<std::string_view> keys_;
    std::vector<std::uint32_t> marks_;  ///< signatures of keys_
    std::deque<std::string> copies_;
};

}  // namespace json
