#include "wide.h"

#include <algorithm>

#include "gateway/error.h"

namespace gateway::hl7v2 {
namespace {

constexpr std::uint32_t kStep = 64;
constexpr char32_t kMark = 0xFEFF, kReplacement = 0xFFFD, kNone = 0x110000;

char32_t unitAt(std::string_view bytes, std::size_t at, WideForm form) {
    char32_t unit = 0;
    for (unsigned i = 0; i < form.unit; ++i) {
        const std::size_t byte = form.little ? at + form.unit - 1 - i : at + i;
        unit = unit << 8 | static_cast<unsigned char>(bytes[byte]);
    }
    return unit;
}

/// The character at `at`, and how many bytes it takes; kNone when it is none.
char32_t characterAt(std::string_view bytes, std::size_t at, WideForm form, unsigned& size) {
    size = static_cast<unsigned>(std::min<std::size_t>(form.unit, bytes.size() - at));
    if (size < form.unit) return kNone;
    const char32_t unit = unitAt(bytes, at, form);
    if (unit == 0 || unit >= kNone) return kNone;
    if (unit < 0xD800 || unit > 0xDFFF) return unit;
    if (form.unit == 4 || unit > 0xDBFF || at + 4 > bytes.size()) return kNone;
    const char32_t low = unitAt(bytes, at + 2, form);
    if (low < 0xDC00 || low > 0xDFFF) return kNone;
    size = 4;
    return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

void appendUnit(char32_t unit, WideForm form, Sink& out) {
    for (unsigned i = 0; i < form.unit; ++i) {
        const unsigned shift = 8 * (form.little ? i : form.unit - 1 - i);
        out << static_cast<char>(unit >> shift & 0xFF);
    }
}

}  // namespace

WideForm wideFormOf(std::string_view body) {
    for (const unsigned unit : {4u, 2u}) {
        for (const bool little : {true, false}) {
            const WideForm form{unit, little, false};
            if (body.size() < 2 * unit) continue;
            const char32_t first = unitAt(body, 0, form), second = unitAt(body, unit, form);
            const auto ascii = [](char32_t c) { return c > 0 && c < 0x80; };
            if (first == kMark && ascii(second)) return {unit, little, true};
            if (ascii(first) && ascii(second)) return form;
        }
    }
    return {};
}

WideText::WideText(std::string_view bytes, WideForm form, bool repair)
    : form_(form), size_(static_cast<std::uint32_t>(bytes.size())) {
    utf8_.reserve(bytes.size() / form.unit);
    read(bytes, repair);
}

void WideText::read(std::string_view bytes, bool repair) {
    for (std::size_t at = 0; at < bytes.size();) {
        if (utf8_.size() >= steps_.size() * kStep)
            steps_.push_back(
                {static_cast<std::uint32_t>(utf8_.size()), static_cast<std::uint32_t>(at)});
        unsigned size = 0;
        char32_t c = characterAt(bytes, at, form_, size);
        if (c == kNone) {
            if (!repair)
                throw Error(Fault::malformed, "byte " + std::to_string(at),
                            gateway::say("no character of {0}", "pas un caractère de {0}",
                                         {form_.unit == 2 ? "UTF-16" : "UTF-32"}));
            ++repairs_;
            c = kReplacement;
        }
        append(c);
        at += size;
    }
}

void WideText::append(char32_t c) {
    const auto byte = [&](char32_t value) { utf8_ += static_cast<char>(value); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            byte(0xE0 | c >> 12);
        } else {
            byte(0xF0 | c >> 18);
            byte(0x80 | (c >> 12 & 0x3F));
        }
        byte(0x80 | (c >> 6 & 0x3F));
    }
    byte(0x80 | (c & 0x3F));
}

/// Goes on by one character.
void WideText::next(Step& step) const {
    const auto lead = static_cast<unsigned char>(utf8_[step.utf8]);
    step.utf8 += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::uint32_t size = form_.unit == 2 && lead >= 0xF0 ? 4 : form_.unit;
    step.source = std::min(step.source + size, size_);
}

std::uint32_t WideText::toSource(std::uint32_t offset) const {
    if (offset >= utf8_.size()) return size_;
    std::size_t at = std::min<std::size_t>(offset / kStep, steps_.size() - 1);
    if (steps_[at].utf8 > offset) --at;  // the character that crosses the 64th byte
    Step step = steps_[at];
    while (step.utf8 < offset) next(step);
    return step.source;
}

std::uint32_t WideText::toUtf8(std::uint32_t sourceOffset) const {
    if (sourceOffset >= size_) return static_cast<std::uint32_t>(utf8_.size());
    const auto after = std::upper_bound(
        steps_.begin(), steps_.end(), sourceOffset,
        [](std::uint32_t wanted, const Step& step) { return wanted < step.source; });
    Step step = *std::prev(after);
    while (step.source < sourceOffset) next(step);
    return step.utf8;
}

void appendWide(std::string_view utf8, WideForm form, Sink& out) {
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t size = std::max<std::size_t>(utf8Sequence(utf8.substr(at)), 1);
        char32_t c = static_cast<unsigned char>(utf8[at]);
        if (size > 1) c &= 0xFFu >> (size + 1);
        for (std::size_t i = 1; i < size; ++i)
            c = c << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3F);
        at += size;
        if (form.unit == 2 && c >= 0x10000) {
            appendUnit(0xD800 + ((c - 0x10000) >> 10), form, out);
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        appendUnit(c, form, out);
    }
}

}  // namespace gateway::hl7v2
