/// @file  Raw bytes on their way through the gateway: shared, immutable, never copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#if defined(__GNUC__)
#define GATEWAY_API __attribute__((visibility("default")))
#else
#define GATEWAY_API
#endif

namespace gateway {

/// A half-open range of bytes [begin, end) in some source.
struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    constexpr std::uint32_t size() const { return end - begin; }
    constexpr bool empty() const { return begin == end; }
    friend constexpr bool operator==(Span, Span) = default;
};

/// Immutable bytes with shared ownership. Copying one copies a pointer. At most 4 GiB - 1.
class GATEWAY_API Bytes {
public:
    Bytes() = default;
    /// Takes the text over without a copy of large texts.
    explicit Bytes(std::string text);
    /// Copies `text`.
    static Bytes copy(std::string_view text);

    std::string_view view() const { return view_; }
    std::string_view view(Span span) const { return view_.substr(span.begin, span.size()); }
    /// A part of these bytes that keeps the whole alive.
    Bytes part(Span span) const;
    std::size_t size() const { return view_.size(); }
    bool empty() const { return view_.empty(); }

private:
    std::shared_ptr<const std::string> owner_;
    std::string_view view_;
};

/// Where an encoder writes: one text that becomes the bytes.
class GATEWAY_API Sink {
public:
    Sink& operator<<(std::string_view text) {
        text_.append(text);
        return *this;
    }
    Sink& operator<<(char c) {
        text_.push_back(c);
        return *this;
    }
    /// Large ones that come first and alone are shared, not copied: an untouched document.
    Sink& operator<<(const Bytes& bytes);
    void reserve(std::size_t size) { text_.reserve(size); }
    const std::string& text();
    Bytes take();

private:
    void join();

    Bytes first_;  ///< before the text
    std::string text_;
};

}  // namespace gateway
