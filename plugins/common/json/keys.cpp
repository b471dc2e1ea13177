#include "common/json/keys.h"

#include "common/text/text.h"

namespace json {

void Keys::close() {
    const Frame& frame = frames_.back();
    keys_.erase(keys_.begin() + static_cast<std::ptrdiff_t>(frame.first), keys_.end());
    if (copies_.size() != frame.copies) copies_.resize(frame.copies);
    frames_.pop_back();
}

bool Keys::addCopy(std::string_view key) {
    const std::string& copy = copies_.emplace_back(key);
    return add(copy.data(), copy.size());
}

bool Keys::add(const char* data, std::size_t size) {
    constexpr std::size_t kFew = 24;
    Frame& frame = frames_.back();
    const std::string_view text(data, size);
    const std::uint32_t mark = text::signature(text);
    if (keys_.size() - frame.first >= kFew && !addToMany(frame, text)) return false;
    if (!frame.many)
        for (std::size_t at = frame.first; at < keys_.size(); ++at)
            if (keys_[at].mark == mark && keys_[at].text() == text) return false;
    keys_.push_back({data, static_cast<std::uint32_t>(size), mark});
    return true;
}

bool Keys::addToMany(Frame& frame, std::string_view key) {
    if (!frame.many) {
        frame.many = std::make_unique<Many>();
        for (std::size_t at = frame.first; at < keys_.size(); ++at)
            frame.many->insert(keys_[at].text());
    }
    return frame.many->insert(key).second;
}

}  // namespace json
