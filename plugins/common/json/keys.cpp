#include "common/json/keys.h"

#include "common/text/text.h"

namespace json {

void Keys::close() {
    const Frame& frame = frames_.back();
    keys_.erase(keys_.begin() + static_cast<std::ptrdiff_t>(frame.first), keys_.end());
    if (copies_.size() != frame.copies) copies_.resize(frame.copies);
    frames_.pop_back();
}

bool Keys::add(std::string_view text, bool lasting) {
    constexpr std::size_t kFew = 24;
    Frame& frame = frames_.back();
    if (!lasting) text = copies_.emplace_back(text);
    const Key key{text, text::signature(text)};
    if (keys_.size() - frame.first >= kFew && !addToMany(frame, key)) return false;
    if (!frame.many)
        for (std::size_t at = frame.first; at < keys_.size(); ++at)
            if (keys_[at].mark == key.mark && keys_[at].text == key.text) return false;
    keys_.push_back(key);
    return true;
}

bool Keys::addToMany(Frame& frame, const Key& key) {
    if (!frame.many) {
        frame.many = std::make_unique<Many>();
        for (std::size_t at = frame.first; at < keys_.size(); ++at)
            frame.many->insert(keys_[at].text);
    }
    return frame.many->insert(key.text).second;
}

}  // namespace json
