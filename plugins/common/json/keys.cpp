#include "common/json/keys.h"

#include "common/text/text.h"

namespace json {

void Keys::close() {
    keys_.resize(frames_.back().first);
    marks_.resize(keys_.size());
    copies_.resize(frames_.back().copies);
    frames_.pop_back();
}

bool Keys::add(std::string_view key, bool lasting) {
    Frame& frame = frames_.back();
    const std::uint32_t mark = text::signature(key);
    if (known(frame, key, mark)) return false;
    if (!lasting) key = copies_.emplace_back(key);
    keys_.push_back(key);
    marks_.push_back(mark);
    if (!frame.many.empty()) frame.many.insert(key);
    return true;
}

bool Keys::known(Frame& frame, std::string_view key, std::uint32_t mark) {
    constexpr std::size_t kFew = 24;
    if (keys_.size() - frame.first < kFew) {
        for (std::size_t at = frame.first; at < keys_.size(); ++at)
            if (marks_[at] == mark && keys_[at] == key) return true;
        return false;
    }
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(frame.first);
    if (frame.many.empty()) frame.many.insert(first, keys_.end());
    return frame.many.contains(key);
}

}  // namespace json
