/// @file  Finds the bytes of a message that matter: delimiters, segment ends, and where runs of
/// bytes above 0x7F begin. One pass, 64 bytes at a time.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "delimiters.h"

namespace gateway::hl7v2 {

/// What a byte means to the decoder. Up to `escape` it is part of a value.
enum class Sign : std::uint8_t {
    plain = 0,
    high = 1,
    escape = 2,
    subcomponent,
    component,
    repetition,
    field,
    end,
    nul
};

/// Finds them ahead, some hundred at a time.
class Scanner {
public:
    Scanner(std::string_view text, std::size_t from, const Delimiters& d)
        : text_(text),
          base_(from),
          wanted_{d.field, d.component, d.repetition, d.escape, d.subcomponent} {
        // A delimiter that is not given repeats the field separator: never found twice, never
        // missed.
        for (char& c : wanted_)
            if (c == 0) c = d.field;
        means(d.escape, Sign::escape);
        means(d.subcomponent, Sign::subcomponent);
        means(d.component, Sign::component);
        means(d.repetition, Sign::repetition);
        for (std::size_t c = 0x80; c < 0x100; ++c) signs_[c] = Sign::high;
        signs_['\r'] = signs_['\n'] = Sign::end;
        signs_[0] = Sign::nul;
        means(d.field, Sign::field);
    }

    /// The next byte that may matter, or the size of the text. Of a run of high bytes the first of
    /// each block is told.
    std::size_t next() {
        if (head_ == tail_) [[unlikely]]
            fill();
        return found_[head_++];
    }

    Sign signAt(std::size_t at) const { return signs_[static_cast<unsigned char>(text_[at])]; }

private:
    static constexpr std::size_t kBlock = 64, kAhead = 512;

    void means(char c, Sign as) {
        if (c != 0) signs_[static_cast<unsigned char>(c)] = as;
    }

    [[gnu::noinline]] void fill() {
        head_ = tail_ = 0;
        while (base_ < text_.size() && tail_ <= kAhead - kBlock) {
            const std::size_t left = text_.size() - base_;
            if (left >= kBlock) {
                put(find(text_.data() + base_));
            } else {
                std::array<char, kBlock> rest;
                rest.fill('x');
                std::memcpy(rest.data(), text_.data() + base_, left);
                put(find(rest.data()));
            }
            base_ += kBlock;
        }
        if (tail_ == 0) found_[tail_++] = static_cast<std::uint32_t>(text_.size());
    }

    void put(std::uint64_t bits) {
        for (; bits != 0; bits &= bits - 1)
            found_[tail_++] = static_cast<std::uint32_t>(
                base_ + static_cast<std::size_t>(std::countr_zero(bits)));
    }

#if defined(__SSE2__)
    std::uint64_t find(const char* block) const {
        std::uint64_t special = 0, high = 0;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + i);
            // Line ends and NUL, and the few controls below; as signed bytes, all high ones too.
            __m128i hit = _mm_cmplt_epi8(bytes, _mm_set1_epi8('\r' + 1));
            for (const char c : wanted_)
                hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
            special |= std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(hit))) << (16 * i);
            high |= std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(bytes))) << (16 * i);
        }
        return special & ~(high & (high << 1));
    }
#else
    std::uint64_t find(const char* block) const {
        std::uint64_t special = 0, high = 0;
        for (unsigned i = 0; i < kBlock; ++i) {
            const Sign as = signs_[static_cast<unsigned char>(block[i])];
            if (as == Sign::high)
                high |= std::uint64_t(1) << i;
            else if (as != Sign::plain)
                special |= std::uint64_t(1) << i;
        }
        return special | (high & ~(high << 1));
    }
#endif

    const std::string_view text_;
    std::size_t base_;
    std::size_t head_ = 0, tail_ = 0;
    std::array<char, 5> wanted_;
    std::array<Sign, 256> signs_{};
    std::array<std::uint32_t, kAhead> found_;
};

/// Goes from one delimiter, segment end or NUL to the next; between two of them stands a value.
class Cursor {
public:
    Cursor(std::string_view text, std::size_t from, const Delimiters& d)
        : scan_(text, from, d), size_(text.size()) {}

    // Not side by side: compared as one word just after they were stored, they would stall.
    std::uint32_t begin = 0;  ///< of the value
    Sign sign = Sign::end;    ///< of the byte at its end; `end` where the text ends
    std::uint8_t flags = 0;   ///< Sign::high and Sign::escape, where they stand in the value
    std::uint32_t at = 0;     ///< its end

    bool empty() const { return begin == at; }
    void next() {
        begin = at + 1;
        find();
    }
    /// Skips what stands before `from`.
    void from(std::size_t from) {
        do find();
        while (at < from);
        begin = at;
    }

private:
    void find() {
        unsigned found = 0;
        for (;;) {
            const std::size_t next = scan_.next();
            const Sign here = next < size_ ? scan_.signAt(next) : Sign::end;
            if (here > Sign::escape) [[likely]] {
                at = static_cast<std::uint32_t>(next);
                sign = here;
                flags = static_cast<std::uint8_t>(found);
                return;
            }
            found |= static_cast<unsigned>(here);
        }
    }

    Scanner scan_;
    const std::size_t size_;
};

}  // namespace gateway::hl7v2
