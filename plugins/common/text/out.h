/// @file  A Sink for many small pieces.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "gateway/bytes.h"

namespace text {

/// Gathers what is written to it; flush() ends it.
class Out {
public:
    explicit Out(gateway::Sink& sink) : sink_(sink) {}
    Out(const Out&) = delete;
    Out& operator=(const Out&) = delete;

    Out& operator<<(char c) {
        if (used_ == room_.size()) flush();
        room_[used_++] = c;
        return *this;
    }
    Out& operator<<(std::string_view text) {
        if (text.size() > room_.size() - used_) return large(text);
        std::copy(text.begin(), text.end(), room_.data() + used_);
        used_ += text.size();
        return *this;
    }
    /// Room for `size` more bytes, at most half of what is gathered; they count as written.
    char* take(std::size_t size) {
        if (size > room_.size() - used_) flush();
        char* const here = room_.data() + used_;
        used_ += size;
        return here;
    }
    static constexpr std::size_t kMostTaken = 2048;
    void flush() {
        sink_ << std::string_view(room_.data(), used_);
        used_ = 0;
    }
    /// What was written so far is in it.
    gateway::Sink& sink() {
        flush();
        return sink_;
    }

private:
    Out& large(std::string_view text) {
        flush();
        if (text.size() > room_.size() / 2)
            sink_ << text;
        else
            *this << text;
        return *this;
    }

    gateway::Sink& sink_;
    std::size_t used_ = 0;
    std::array<char, 4096> room_;
};

}  // namespace text
