#include "words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace maps {
namespace {

/// Letters of French with what is left of them without accents.
constexpr std::array<std::pair<std::string_view, std::string_view>, 32> kAccents = {{
    {"à", "a"}, {"â", "a"}, {"ä", "a"},  {"á", "a"}, {"ç", "c"}, {"é", "e"}, {"è", "e"},
    {"ê", "e"}, {"ë", "e"}, {"î", "i"},  {"ï", "i"}, {"ô", "o"}, {"ö", "o"}, {"ù", "u"},
    {"û", "u"}, {"ü", "u"}, {"œ", "oe"}, {"À", "a"}, {"Â", "a"}, {"Ç", "c"}, {"É", "e"},
    {"È", "e"}, {"Ê", "e"}, {"Ë", "e"},  {"Î", "i"}, {"Ï", "i"}, {"Ô", "o"}, {"Ù", "u"},
    {"Û", "u"}, {"Ü", "u"}, {"Œ", "oe"}, {"°", ""},
}};

/// Words that say nothing about a field.
constexpr std::array kSmall = {"de",  "du", "des", "d", "la", "le", "les", "l", "un",
                               "une", "of", "the", "a", "et", "au", "en",  "s"};

/// ASCII only, with a space before each word that camelCase begins.
std::string plain(std::string_view text) {
    std::string out;
    bool lower = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto accent = std::find_if(kAccents.begin(), kAccents.end(), [&](const auto& a) {
            return text.substr(at).starts_with(a.first);
        });
        if (accent != kAccents.end()) {
            out += accent->second;
            at += accent->first.size();
            lower = true;
            continue;
        }
        const char c = text[at++];
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper && lower) out += ' ';
        const bool letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        out += !letter ? ' ' : upper ? static_cast<char>(c - 'A' + 'a') : c;
        lower = letter && !upper;
    }
    return out;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::vector<std::string> wordsOf(std::string_view text) {
    const std::vector<std::string> all = split(plain(text), ' ');
    std::vector<std::string> words;
    for (const std::string& word : all)
        if (std::find(kSmall.begin(), kSmall.end(), word) == kSmall.end()) words.push_back(word);
    return words.empty() ? all : words;
}

std::string folded(std::string_view text) {
    std::string joined;
    for (const std::string& word : wordsOf(text)) joined += (joined.empty() ? "" : " ") + word;
    return joined;
}

}  // namespace maps
