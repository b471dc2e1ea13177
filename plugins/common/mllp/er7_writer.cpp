#include "mllp/er7_writer.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mllp {
namespace {

constexpr std::size_t kEchoLimit = 512;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// The first `most` bytes, or a little less so that no character is cut.
std::string_view upTo(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && continues(text[most])) --most;
    return text.substr(0, most);
}

/// The bytes of the first character of UTF-8 text; of what is none, one byte.
std::string_view firstCharacter(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t size = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 1;
    if (text.size() < size) return text.substr(0, 1);
    for (std::size_t i = 1; i < size; ++i)
        if (!continues(text[i])) return text.substr(0, 1);
    return text.substr(0, size);
}

/// The eight places at which 8859/15 is not 8859/1.
constexpr std::array<std::pair<char, std::string_view>, 8> kLatin9 = {{{'\xA4', "\u20AC"},
                                                                       {'\xA6', "\u0160"},
                                                                       {'\xA8', "\u0161"},
                                                                       {'\xB4', "\u017D"},
                                                                       {'\xB8', "\u017E"},
                                                                       {'\xBC', "\u0152"},
                                                                       {'\xBD', "\u0153"},
                                                                       {'\xBE', "\u0178"}}};

/// The byte of a character in 8859/1 or 8859/15; `?` when it has none.
char latinByte(std::string_view character, bool latin9) {
    if (latin9)
        for (const auto& [byte, text] : kLatin9)
            if (text == character) return byte;
    const auto lead = static_cast<unsigned char>(character[0]);
    if (character.size() != 2 || lead > 0xC3) return '?';
    const auto byte =
        static_cast<char>(((lead & 0x03) << 6) | (static_cast<unsigned char>(character[1]) & 0x3F));
    if (static_cast<unsigned char>(byte) < 0xA0) return '?';
    const bool replaced =
        latin9 && std::any_of(kLatin9.begin(), kLatin9.end(),
                              [byte](const auto& other) { return other.first == byte; });
    return replaced ? '?' : byte;
}

}  // namespace

Er7Writer::Er7Writer(const Head& head) : head_(head), set_(setOf(head.component(18, 1))) {}

Er7Writer::Set Er7Writer::setOf(std::string_view code) {
    if (code.find("UTF-8") != code.npos) return Set::utf8;
    if (code == "8859/1") return Set::latin1;
    return code == "8859/15" ? Set::latin9 : Set::ascii;
}

void Er7Writer::echo(std::string_view field) {
    out_ += head_.separator();
    for (const char c : upTo(field, kEchoLimit)) {
        // The id of a batch whose head has a separator of its own may hold ours.
        const bool breaks = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
        out_ += breaks || c == head_.separator() ? ' ' : c;
    }
}

void Er7Writer::field(std::string_view text, std::size_t most) {
    out_ += head_.separator();
    escaped(text, most);
}

bool Er7Writer::repeat() {
    if (head_.repetitionMark() == '\0') return false;
    out_ += head_.repetitionMark();
    return true;
}

void Er7Writer::component(std::string_view text) {
    out_ += head_.componentMark();
    escaped(text, kTextLimit);
}

void Er7Writer::subcomponent(std::string_view text) {
    if (head_.subcomponentMark() == '\0') return;
    out_ += head_.subcomponentMark();
    escaped(text, kTextLimit);
}

void Er7Writer::escaped(std::string_view text, std::size_t most) {
    for (text = upTo(text, most); !text.empty();) {
        const std::string_view next = firstCharacter(text);
        if (static_cast<unsigned char>(next[0]) < 0x80)
            ascii(next[0]);
        else
            character(next);
        text.remove_prefix(next.size());
    }
}

void Er7Writer::ascii(char c) {
    const char letter = letterOf(c);
    if (letter != '\0' && head_.escapeMark() != '\0')
        (((out_ += head_.escapeMark()) += letter) += head_.escapeMark());
    else
        out_ += letter != '\0' || static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
}

void Er7Writer::character(std::string_view bytes) {
    if (bytes.size() == 1 || set_ == Set::ascii)
        out_ += '?';
    else if (set_ == Set::utf8)
        out_ += bytes;
    else
        out_ += latinByte(bytes, set_ == Set::latin9);
}

char Er7Writer::letterOf(char c) const {
    if (c == '\0') return '\0';
    if (c == head_.separator()) return 'F';
    if (c == head_.componentMark()) return 'S';
    if (c == head_.subcomponentMark()) return 'T';
    if (c == head_.repetitionMark()) return 'R';
    if (c == head_.escapeMark()) return 'E';
    return '\0';
}

}  // namespace mllp
