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

Unescaped unescapeOnce(std::string_view raw, const Delimiters& d, const Charset& charset,
                       bool keepEscape, std::string& out) {
    Unescaped how;
    for (std::size_t at = 0;;) {
        const std::size_t begin = raw.find(d.escape, at);
        out += raw.substr(at, begin - at);
        if (begin == raw.npos) return how;
        const std::size_t end = raw.find(d.escape, begin + 1);
        if (end == raw.npos) {
            out += raw.substr(begin);
            how.kept = true;
            return how;
        }
        const std::string text =
            meaning(raw.substr(begin + 1, end - begin - 1), d, charset, keepEscape);
        how.kept = how.kept || text.empty();
        how.returns = how.returns || text.find('\r') != text.npos;
        out += text.empty() ? raw.substr(begin, end + 1 - begin) : std::string_view(text);
        at = end + 1;
    }
}

/// Whether \.br\ cannot be written.
bool pointDelimits(const Delimiters& d) {
    return d.field == '.' || d.component == '.' || d.repetition == '.' || d.subcomponent == '.' ||
           d.escape == '.';
}

/// The sequence for the line end at `at`, which it steps over.
std::string_view lineEnd(std::string_view text, std::size_t& at, const Delimiters& d,
                         bool returns) {
    const bool both = text.substr(at, 2) == "\r\n";
    const char c = text[at];
    if (both) ++at;
    if (!pointDelimits(d) && (!returns || c == '\n')) return ".br";
    return both ? "X0D0A" : c == '\r' ? "X0D" : "X0A";
}

/// What a character must be written as; empty: as itself.
std::string_view sequenceFor(char c, const Delimiters& d, bool kept) {
    if (c == d.field) return "F";
    if (c == d.component) return "S";
    if (c == d.subcomponent) return "T";
    if (c == d.repetition) return "R";
    if (c == d.escape) return kept ? "" : "E";
    if (kept || d.escape == 0) return {};
    if (c == '\x0B') return "X0B";  // MLLP's frame bytes
    if (c == '\x1C') return "X1C";
    return {};
}

bool mayNeedSequence(char c) {
    return !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
             c == ' ' || static_cast<unsigned char>(c) >= 0x80);
}

}  // namespace

Unescaped unescape(std::string_view raw, const Delimiters& d, const Charset& charset,
                   std::string& out) {
    const std::size_t before = out.size();
    const Unescaped how = unescapeOnce(raw, d, charset, false, out);
    if (!how.kept) return how;
    out.resize(before);
    return unescapeOnce(raw, d, charset, true, out);
}

bool escape(std::string_view text, const Delimiters& d, Unescaped how, std::string& out) {
    if (text == "\"\"") {  // two quotes as text, not HL7's null
        if (d.escape == 0) return false;
        out.append(1, d.escape).append("X2222").append(1, d.escape);
        return true;
    }
    std::size_t plain = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (!mayNeedSequence(c)) continue;
        if (c == '\0') return false;
        const std::size_t begin = at;
        const std::string_view sequence = c == '\r' || c == '\n' ? lineEnd(text, at, d, how.returns)
                                                                 : sequenceFor(c, d, how.kept);
        if (sequence.empty()) continue;
        if (d.escape == 0) return false;
        out.append(text, plain, begin - plain);
        out.append(1, d.escape).append(sequence).append(1, d.escape);
        plain = at + 1;
    }
    if (d.truncation && !how.truncated && text.ends_with(d.truncation)) {
        out.append(text, plain, text.size() - 1 - plain);
        out.append(1, d.escape).append("P").append(1, d.escape);
    } else {
        out.append(text, plain);
    }
    return true;
}

bool losesReturns(std::string_view text, const Delimiters& d, Unescaped how) {
    return text.find('\r') != text.npos && !pointDelimits(d) && !how.returns;
}

}  // namespace gateway::hl7v2
