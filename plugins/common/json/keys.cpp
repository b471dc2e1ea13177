#include "common/json/keys.h"

#include <algorithm>

namespace json {

void Keys::close() {
    keys_.resize(frames_.back().first);
    copies_.resize(frames_.back().copies);
    frames_.pop_back();
}

bool Keys::add(std::string_view key, bool lasting) {
    Frame& frame = frames_.back();
    if (known(frame, key)) return false;
    if (!lasting) key = copies_.emplace_back(key);
    keys_.push_back(key);
    if (!frame.many.empty()) frame.many.insert(key);
    return true;
}

bool Keys::known(Frame& frame, std::string_view key) {
    constexpr std::size_t kFew = 24;
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(frame.first);
    if (keys_.size() - frame.first < kFew) return std::find(first, keys_.end(), key) != keys_.end();
    if (frame.many.empty()) frame.many.insert(first, keys_.end());
    return frame.many.contains(key);
}

}  // namespace json
