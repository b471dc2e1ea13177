/// xml::fromUtf8: UTF-8 to other encodings.
#include <iconv.h>

#include <array>
#include <cerrno>
#include <memory>

#include "common/xml/tree_writer.h"

namespace xml {

namespace {

/// The character that begins there, of checked UTF-8, and its size.
std::pair<std::uint32_t, std::size_t> characterAt(const char* at) {
    const auto byte = [&](int i) { return std::uint32_t{static_cast<unsigned char>(at[i])}; };
    if (byte(0) < 0x80) return {byte(0), 1};
    if (byte(0) < 0xE0) return {(byte(0) & 0x1Fu) << 6u | (byte(1) & 0x3Fu), 2};
    if (byte(0) < 0xF0)
        return {(byte(0) & 0x0Fu) << 12u | (byte(1) & 0x3Fu) << 6u | (byte(2) & 0x3Fu), 3};
    return {(byte(0) & 0x07u) << 18u | (byte(1) & 0x3Fu) << 12u | (byte(2) & 0x3Fu) << 6u |
                (byte(3) & 0x3Fu),
            4};
}

}  // namespace

std::string fromUtf8(std::string text, std::string_view encoding) {
    if (encoding == "UTF-8") return text;
    const iconv_t opened = iconv_open(std::string(encoding).c_str(), "UTF-8");
    if (opened == reinterpret_cast<iconv_t>(-1))
        throw gateway::Error(gateway::Fault::unsupported, "",
                             {"this encoding is not known here", "cet encodage est inconnu ici"});
    const std::unique_ptr<void, decltype(&iconv_close)> handle(opened, iconv_close);
    std::string out;
    std::array<char, 16 * 1024> room;
    char* from = text.data();
    std::size_t left = text.size();
    while (left > 0) {
        char* to = room.data();
        std::size_t free = room.size();
        const std::size_t done = iconv(opened, &from, &left, &to, &free);
        const int error = done == static_cast<std::size_t>(-1) ? errno : 0;
        out.append(room.data(), room.size() - free);
        if (error == 0 || error == E2BIG) continue;
        const auto [character, size] = characterAt(from);
        out += "&#" + std::to_string(character) + ";";
        from += size;
        left -= size;
    }
    return out;
}

}  // namespace xml
