#include "escape.h"

namespace gateway::hl7v2 {
namespace {

int digitOf(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// The bytes of "Xhh..", or empty when they cannot stand in a text.
std::string bytesOfHex(std::string_view sequence, const Charset& charset) {
    std::string bytes;
    if (sequence.size() < 3 || sequence.size() % 2 == 0) return bytes;
    for (std::size_t i = 1; i < sequence.size(); i += 2) {
        const int high = digitOf(sequence[i]), low = digitOf(sequence[i + 1]);
        if (high < 0 || low < 0 || high + low == 0) return {};
        bytes += static_cast<char>(high * 16 + low);
    }
    return charset.fits(bytes) ? bytes : std::string();
}

char delimiterOf(char letter, const Delimiters& d) {
    switch (letter) {
        case 'F': return d.field;
        case 'S': return d.component;
        case 'T': return d.subcomponent;
        case 'R': return d.repetition;
        case 'E': return d.escape;
        case 'P': return d.truncation;
        default: return 0;
    }
}

/// What a sequence stands for; empty: it is kept.
/// @param keepEscape  an escape character may not come out of it
std::string meaning(std::string_view sequence, const Delimiters& d, const Charset& charset,
                    bool keepEscape) {
    std::string text;
    if (sequence == ".br") {
        text = "\n";
    } else if (sequence.size() == 1) {
        if (const char c = delimiterOf(sequence[0], d)) text = c;
    } else if (sequence.starts_with('X')) {
        text = bytesOfHex(sequence, charset);
    }
    if (keepEscape && text.find(d.escape) != text.npos) text.clear();
    return text;
}

bool unescapeOnce(std::string_view raw, const Delimiters& d, const Charset& charset,
                  bool keepEscape, std::string& out) {
    bool kept = false;
    std::size_t at = 0;
    for (;;) {
        const std::size_t begin = raw.find(d.escape, at);
        out += raw.substr(at, begin - at);
        if (begin == raw.npos) return kept;
        const std::size_t end = raw.find(d.escape, begin + 1);
        if (end == raw.npos) {
            out += raw.substr(begin);
            return true;
        }
        const std::string text =
            meaning(raw.substr(begin + 1, end - begin - 1), d, charset, keepEscape);
        if (text.empty()) {
            kept = true;
            out += raw.substr(begin, end + 1 - begin);
        } else {
            out += text;
        }
        at = end + 1;
    }
}

/// What a character must be written as; empty: as itself.
std::string_view sequenceFor(char c, const Delimiters& d, bool kept) {
    if (c == d.field) return "F";
    if (c == d.component) return "S";
    if (c == d.subcomponent) return "T";
    if (c == d.repetition) return "R";
    if (c == d.escape) return kept ? "" : "E";
    if (c == d.truncation) return "P";
    if (c == '\r' || c == '\n') return ".br";
    if (c == '\x0B') return "X0B";  // MLLP's frame bytes
    if (c == '\x1C') return "X1C";
    return {};
}

bool mayNeedSequence(char c) {
    return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             c == ' ' || static_cast<unsigned char>(c) >= 0x80);
}

}  // namespace

bool unescape(std::string_view raw, const Delimiters& d, const Charset& charset, std::string& out) {
    const std::size_t before = out.size();
    if (!unescapeOnce(raw, d, charset, false, out)) return false;
    out.resize(before);
    unescapeOnce(raw, d, charset, true, out);
    return true;
}

bool escape(std::string_view text, const Delimiters& d, bool kept, std::string& out) {
    if (text == "\"\"") {  // two quotes as text, not HL7's null
        if (d.escape == 0) return false;
        out += d.escape;
        out += "X2222";
        out += d.escape;
        return true;
    }
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (!mayNeedSequence(c)) continue;
        if (c == '\0') return false;
        const std::string_view sequence = sequenceFor(c, d, kept);
        if (sequence.empty()) continue;
        if (d.escape == 0) return false;
        out += text.substr(plain, at - plain);
        out += d.escape;
        out += sequence;
        out += d.escape;
        if (c == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
        plain = at + 1;
    }
    out += text.substr(plain);
    return true;
}

}  // namespace gateway::hl7v2
