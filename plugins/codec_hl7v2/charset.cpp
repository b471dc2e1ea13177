#include "charset.h"

#include <iconv.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace gateway::hl7v2 {
namespace {

/// UTF-8 of each byte from 0x80 on; empty where the set has no character, or all when the C library
/// lacks it.
std::array<std::string, 128> tableOf(const std::string& iconvName) {
    std::array<std::string, 128> table;
    const iconv_t converter = iconv_open("UTF-8", iconvName.c_str());
    if (converter == reinterpret_cast<iconv_t>(-1)) return table;
    for (std::size_t i = 0; i < table.size(); ++i) {
        char in = static_cast<char>(0x80 + i);
        char out[8];
        char *from = &in, *to = out;
        std::size_t inLeft = 1, outLeft = sizeof out;
        iconv(converter, nullptr, nullptr, nullptr, nullptr);
        if (iconv(converter, &from, &inLeft, &to, &outLeft) != static_cast<std::size_t>(-1))
            table[i].assign(out, to);
    }
    iconv_close(converter);
    return table;
}

const std::array<std::string, 128>& windows1252() {
    static const std::array<std::string, 128> table = tableOf("CP1252");
    return table;
}

unsigned char byteOf(char c) { return static_cast<unsigned char>(c); }

/// Upper case, without what spellings differ in.
std::string bare(std::string_view code) {
    std::string bare;
    for (const char c : code) {
        if (c >= 'a' && c <= 'z')
            bare += static_cast<char>(c - 'a' + 'A');
        else if (c != ' ' && c != '-' && c != '/' && c != '_')
            bare += c;
    }
    return bare.starts_with("ISO8859") ? bare.substr(3) : bare;
}

}  // namespace

std::size_t utf8Sequence(std::string_view text) {
    const auto tail = [&](std::size_t i, unsigned char least = 0x80, unsigned char most = 0xBF) {
        return i < text.size() && byteOf(text[i]) >= least && byteOf(text[i]) <= most;
    };
    const unsigned char lead = byteOf(text[0]);
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return tail(1) ? 2 : 0;
    if (lead < 0xF0) {
        const unsigned char least = lead == 0xE0 ? 0xA0 : 0x80, most = lead == 0xED ? 0x9F : 0xBF;
        return tail(1, least, most) && tail(2) ? 3 : 0;
    }
    if (lead > 0xF4) return 0;
    const unsigned char least = lead == 0xF0 ? 0x90 : 0x80, most = lead == 0xF4 ? 0x8F : 0xBF;
    return tail(1, least, most) && tail(2) && tail(3) ? 4 : 0;
}

std::size_t asciiPrefix(std::string_view text) {
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, 8);
        if (word & 0x8080808080808080u) break;
    }
    while (at < text.size() && byteOf(text[at]) < 0x80) ++at;
    return at;
}

bool validUtf8(std::string_view text) {
    for (std::size_t at = asciiPrefix(text); at < text.size(); at += asciiPrefix(text.substr(at))) {
        const std::size_t size = utf8Sequence(text.substr(at));
        if (size == 0) return false;
        at += size;
    }
    return true;
}

Charset::Charset(std::string code, std::string mimeName, Form form, unsigned unit)
    : code_(std::move(code)), mimeName_(std::move(mimeName)), form_(form), unit_(unit) {
    if (form_ != Form::table) return;
    high_ = tableOf(mimeName_);
    for (std::size_t i = 0; i < 0x20; ++i) high_[i].clear();
    for (std::size_t i = 0x20; i < high_.size(); ++i)
        if (!high_[i].empty()) back_.emplace_back(high_[i], static_cast<unsigned char>(0x80 + i));
    std::sort(back_.begin(), back_.end());
}

std::vector<Charset> Charset::all() {
    std::vector<Charset> all;
    all.push_back(Charset("UNICODE UTF-8", "utf-8", Form::unicode));
    all.push_back(Charset("UNICODE UTF-16", "utf-16", Form::unicode, 2));
    all.push_back(Charset("UNICODE UTF-32", "utf-32", Form::unicode, 4));
    all.push_back(Charset("ASCII", "us-ascii", Form::ascii));
    for (const char* part : {"1", "2", "3", "4", "5", "6", "7", "8", "9", "15"}) {
        Charset set(std::string("8859/") + part, std::string("iso-8859-") + part, Form::table);
        if (!set.back_.empty()) all.push_back(std::move(set));
    }
    for (std::size_t i = 0; i < all.size(); ++i) all[i].index_ = i;
    return all;
}

const std::vector<Charset>& Charset::sets() {
    static const std::vector<Charset>& sets = *new std::vector<Charset>(all());
    return sets;
}

const Charset* Charset::find(std::string_view code) {
    std::string wanted = bare(code);
    if (wanted == "UNICODE") wanted = "UTF8";
    if (wanted.starts_with("UTF")) wanted = "UNICODE" + wanted;
    if (wanted == "USASCII") wanted = "ASCII";
    for (const Charset& set : sets())
        if (bare(set.code_) == wanted) return &set;
    return nullptr;
}

const Charset& Charset::utf8() {
    static const Charset& set = *find("UNICODE UTF-8");
    return set;
}

const Charset& Charset::at(std::size_t index) {
    return index < sets().size() ? sets()[index] : utf8();
}

bool Charset::fits(std::string_view bytes) const {
    if (isUnicode()) return validUtf8(bytes);
    const std::size_t ascii = asciiPrefix(bytes);
    if (form_ == Form::ascii) return ascii == bytes.size();
    for (const char c : bytes.substr(ascii))
        if (byteOf(c) >= 0x80 && high_[byteOf(c) - 0x80u].empty()) return false;
    return true;
}

void Charset::toUtf8(std::string_view bytes, std::string& out) const {
    if (form_ != Form::table) {
        out += bytes;
        return;
    }
    for (const char c : bytes) {
        if (byteOf(c) < 0x80)
            out += c;
        else
            out += high_[byteOf(c) - 0x80u];
    }
}

void Charset::repair(std::string_view bytes, std::string& out) const {
    if (validUtf8(bytes)) {
        out += bytes;
        return;
    }
    for (const char c : bytes) {
        if (byteOf(c) < 0x80) {
            out += c;
            continue;
        }
        const std::size_t at = byteOf(c) - 0x80u;
        const std::string& character = high_[at].empty() ? windows1252()[at] : high_[at];
        out += character.empty() ? "\xEF\xBF\xBD" : character;
    }
}

bool Charset::has(std::string_view character) const {
    std::string ignored;
    return fromUtf8(character, ignored);
}

bool Charset::fromUtf8(std::string_view text, std::string& out) const {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t ascii = asciiPrefix(text.substr(at));
        out += text.substr(at, ascii);
        at += ascii;
        if (at == text.size()) break;
        const std::size_t size = utf8Sequence(text.substr(at));
        if (size == 0) return false;
        const std::string_view character = text.substr(at, size);
        at += size;
        if (isUnicode()) {
            out += character;
            continue;
        }
        const auto found = std::lower_bound(
            back_.begin(), back_.end(), character,
            [](const auto& known, std::string_view wanted) { return known.first < wanted; });
        if (found == back_.end() || found->first != character) return false;
        out += static_cast<char>(found->second);
    }
    return true;
}

Reason Charset::expected() {
    return {
        "expected ASCII, 8859/1 to 8859/9, 8859/15, UNICODE UTF-8, UNICODE UTF-16 or UNICODE "
        "UTF-32",
        "attendu ASCII, 8859/1 à 8859/9, 8859/15, UNICODE UTF-8, UNICODE UTF-16 ou UNICODE "
        "UTF-32"};
}

}  // namespace gateway::hl7v2
