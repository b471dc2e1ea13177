#include "http/message.h"

#include <algorithm>

namespace gateway::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = lower(c);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

struct Phrase {
    int status;
    std::string_view text;
};

constexpr Phrase kPhrases[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

}  // namespace

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const auto& field) { return sameText(field.first, name); });
}

std::string_view Headers::get(std::string_view name) const {
    for (const auto& [known, value] : fields_)
        if (sameText(known, name)) return value;
    return {};
}

std::size_t Headers::count(std::string_view name) const {
    std::size_t found = 0;
    for (const auto& [known, value] : fields_) found += sameText(known, name) ? 1 : 0;
    return found;
}

std::string_view reasonPhrase(int status) {
    for (const Phrase& phrase : kPhrases)
        if (phrase.status == status) return phrase.text;
    return "Status";
}

bool sameText(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> percentDecoded(std::string_view text, bool plusIsSpace) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        char c = text[at];
        if (plusIsSpace && c == '+') c = ' ';
        if (c == '%') {
            const int high = at + 2 < text.size() ? hexDigit(text[at + 1]) : -1;
            const int low = at + 2 < text.size() ? hexDigit(text[at + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            at += 2;
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
        }
        out.push_back(c);
    }
    return out;
}

std::vector<std::pair<std::string, std::string>> queryValues(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> values;
    while (!query.empty()) {
        const std::string_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), one.size() + 1));
        if (one.empty()) continue;
        const std::size_t equals = std::min(one.find('='), one.size());
        const std::string_view name = one.substr(0, equals);
        const std::string_view value = one.substr(std::min(one.size(), equals + 1));
        values.emplace_back(percentDecoded(name, true).value_or(std::string(name)),
                            percentDecoded(value, true).value_or(std::string(value)));
    }
    return values;
}

std::string mediaTypeOf(std::string_view contentType) {
    std::string_view type = contentType.substr(0, contentType.find(';'));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
    std::string out(type);
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

}  // namespace gateway::http
