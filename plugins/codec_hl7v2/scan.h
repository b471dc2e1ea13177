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

/// What a byte means to the decoder.
enum class Mark : std::uint8_t {
    plain,
    high,
    escape,
    subcomponent,
    component,
    repetition,
    field,
    end
};

class Scanner {
public:
    Scanner(std::string_view text, std::size_t from, const Delimiters& d)
        : text_(text), base_(from), at_(from), wanted_{d.field,  d.component,    d.repetition,
                                                       d.escape, d.subcomponent, '\r',
                                                       '\n'} {
        // A delimiter that is not given repeats the field separator: never found twice, never
        // missed.
        for (std::size_t i = 1; i < 5; ++i)
            if (wanted_[i] == 0) wanted_[i] = d.field;
        mark(d.escape, Mark::escape);
        mark(d.subcomponent, Mark::subcomponent);
        mark(d.component, Mark::component);
        mark(d.repetition, Mark::repetition);
        for (std::size_t c = 0x80; c < 0x100; ++c) marks_[c] = Mark::high;
        marks_['\r'] = marks_['\n'] = Mark::end;
        mark(d.field, Mark::field);
        load();
    }

    /// The next byte that matters, or the size of the text. Of a run of high bytes the first of
    /// each block is told.
    std::size_t next() {
        while (found_ == 0) {
            base_ += 64;
            if (base_ >= text_.size()) return at_ = text_.size();
            load();
        }
        at_ = base_ + static_cast<std::size_t>(std::countr_zero(found_));
        found_ &= found_ - 1;
        return at_;
    }

    Mark markAt(std::size_t at) const { return marks_[static_cast<unsigned char>(text_[at])]; }

private:
    void mark(char c, Mark as) {
        if (c != 0) marks_[static_cast<unsigned char>(c)] = as;
    }

    void load() {
        if (base_ >= text_.size()) {
            found_ = 0;
        } else if (text_.size() - base_ >= 64) {
            found_ = find(text_.data() + base_);
        } else {
            std::array<char, 64> rest;
            rest.fill('x');
            std::memcpy(rest.data(), text_.data() + base_, text_.size() - base_);
            found_ = find(rest.data());
        }
    }

#if defined(__SSE2__)
    std::uint64_t find(const char* block) const {
        std::uint64_t special = 0, high = 0;
        for (unsigned i = 0; i < 4; ++i) {
            const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + i);
            __m128i hit = _mm_setzero_si128();
            for (const char c : wanted_)
                hit = _mm_or_si128(hit, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
            special |= std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(hit))) << (16 * i);
            high |= std::uint64_t(static_cast<unsigned>(_mm_movemask_epi8(bytes))) << (16 * i);
        }
        return special | (high & ~(high << 1));
    }
#else
    std::uint64_t find(const char* block) const {
        std::uint64_t special = 0, high = 0;
        for (unsigned i = 0; i < 64; ++i) {
            const Mark as = marks_[static_cast<unsigned char>(block[i])];
            if (as == Mark::high)
                high |= std::uint64_t(1) << i;
            else if (as != Mark::plain)
                special |= std::uint64_t(1) << i;
        }
        return special | (high & ~(high << 1));
    }
#endif

    std::string_view text_;
    std::size_t base_;
    std::size_t at_;
    std::uint64_t found_ = 0;
    std::array<char, 7> wanted_;
    std::array<Mark, 256> marks_{};
};

}  // namespace gateway::hl7v2
