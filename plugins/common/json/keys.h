/// @file  Whether a key stands twice in one object, at any depth and any number of keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace json {

/// The keys of the objects that are open. Few keys are compared one by one, many are hashed.
class Keys {
public:
    void open() { frames_.push_back({keys_.size(), copies_.size(), nullptr}); }
    void close();
    /// @param lasting  whether the bytes of `key` outlive the object
    /// @return false when the innermost object has this key already
    bool add(std::string_view key, bool lasting) {
        return lasting ? add(key.data(), key.size()) : addCopy(key);
    }

private:
    struct Key {
        const char* data;
        std::uint32_t size;
        std::uint32_t mark;  ///< its signature
        std::string_view text() const { return {data, size}; }
    };
    using Many = std::unordered_set<std::string_view>;
    struct Frame {
        std::size_t first;
        std::size_t copies;
        std::unique_ptr<Many> many;
    };
    bool add(const char* data, std::size_t size);
    bool addCopy(std::string_view key);
    bool addToMany(Frame& frame, std::string_view key);

    std::vector<Frame> frames_;
    std::vector<Key> keys_;
    std::deque<std::string> copies_;
};

}  // namespace json
