/// @file  What was written a moment ago and is asked for next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace gateway {

/// Whoever claims gets it from here once, without reading the file or opening what is sealed; what
/// is not here any more is read. When there is too much of it, the oldest goes: it waits for
/// somebody who is away. Many threads.
template <class Item>
class Handover {
public:
    /// Larger ones are not kept.
    static constexpr std::size_t kLargest = 128u << 10;

    explicit Handover(std::size_t bytesMost) : most_(bytesMost) {}

    /// What is committed.
    void add(std::uint64_t id, Item item, std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        bytes_ += bytes + kBeside;
        items_.insert_or_assign(id, Kept{std::move(item), bytes + kBeside});
        order_.push_back(id);
        while (bytes_ > most_ || order_.size() > kOrderMost) {
            drop(items_.find(order_.front()));
            order_.pop_front();
        }
    }
    std::optional<Item> take(std::uint64_t id) {
        const std::lock_guard lock(mutex_);
        const auto found = items_.find(id);
        if (found == items_.end()) return {};
        std::optional<Item> item(std::move(found->second.item));
        drop(found);
        return item;
    }
    void clear() {
        const std::lock_guard lock(mutex_);
        items_.clear();
        order_.clear();
        bytes_ = 0;
    }

private:
    static constexpr std::size_t kBeside = 512;       ///< of an item, beside its bytes
    static constexpr std::size_t kOrderMost = 65536;  ///< with those that were taken
    struct Kept {
        Item item;
        std::size_t bytes;
    };
    using Items = std::unordered_map<std::uint64_t, Kept>;

    void drop(typename Items::iterator at) {
        if (at == items_.end()) return;
        bytes_ -= at->second.bytes;
        items_.erase(at);
    }

    const std::size_t most_;
    std::mutex mutex_;  ///< guards all below
    Items items_;
    std::deque<std::uint64_t> order_;  ///< the oldest first
    std::size_t bytes_ = 0;
};

}  // namespace gateway
