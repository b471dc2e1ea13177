#include "core/json_layout.h"

#include <algorithm>

namespace gateway {
namespace {

constexpr std::size_t kLine = 100;

/// Behind the string that begins at `at`.
std::size_t afterString(std::string_view json, std::size_t at) {
    for (++at; at < json.size() && json[at] != '"'; ++at)
        if (json[at] == '\\') ++at;
    return std::min(at + 1, json.size());
}

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Where the bracket at `at` of one line of JSON is closed, if that is not far; else 0.
std::size_t closedNear(std::string_view json, std::size_t at, std::size_t far) {
    int depth = 0;
    for (std::size_t i = at; i < json.size() && i < at + far;) {
        const char c = json[i];
        if (c == '"') {
            i = afterString(json, i);
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) return i + 1 <= at + far ? i + 1 : 0;
        ++i;
    }
    return 0;
}

/// A part of one line of JSON, with a space after colons and commas.
void spaced(std::string_view json, std::string& out) {
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t end = json[at] == '"' ? afterString(json, at) : at + 1;
        out += json.substr(at, end - at);
        if (json[at] == ':' || json[at] == ',') out += ' ';
        at = end;
    }
}

}  // namespace

std::string oneLineJson(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t end = json[at] == '"' ? afterString(json, at) : at + 1;
        if (!isSpace(json[at])) out += json.substr(at, end - at);
        at = end;
    }
    return out;
}

std::string indentedJson(std::string_view text) {
    const std::string json = oneLineJson(text);
    const std::string_view all = json;
    std::string out;
    out.reserve(json.size() * 2);
    std::size_t depth = 0;
    const auto line = [&] { out.append(1, '\n').append(2 * depth, ' '); };
    for (std::size_t at = 0; at < json.size();) {
        const char c = json[at];
        std::size_t end = c == '"' ? afterString(all, at) : at + 1;
        if (c == '{' || c == '[') {
            const std::size_t near = closedNear(all, at, kLine - std::min(kLine / 2, 2 * depth));
            if (near != 0) {
                spaced(all.substr(at, near - at), out);
                end = near;
            } else {
                out += c;
                ++depth;
                line();
            }
        } else if (c == '}' || c == ']') {
            --depth;
            line();
            out += c;
        } else {
            out += all.substr(at, end - at);
            if (c == ',') line();
            if (c == ':') out += ' ';
        }
        at = end;
    }
    return out += '\n';
}

}  // namespace gateway
