#include "source_text.h"

#include <algorithm>
#include <array>

#include "fml_printer.h"

namespace maps {

std::string pathName(std::string_view name) {
    constexpr std::array kWords = {
        "as",    "contains", "in",      "is",     "div",     "mod",         "and",
        "or",    "xor",      "implies", "true",   "false",   "year",        "years",
        "month", "months",   "week",    "weeks",  "day",     "days",        "hour",
        "hours", "minute",   "minutes", "second", "seconds", "millisecond", "milliseconds"};
    const auto letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    const bool plain = !name.empty() && letter(name[0]) &&
                       std::all_of(name.begin(), name.end(),
                                   [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }) &&
                       std::find(kWords.begin(), kWords.end(), name) == kWords.end();
    return plain ? std::string(name) : "`" + std::string(name) + "`";
}

std::string filterText(const Step& step) {
    std::string path;
    for (const std::string& name : step.filter) path += (path.empty() ? "" : ".") + pathName(name);
    return path + ".toString() = " + literal(step.wanted);
}

std::string pathText(const std::string& context, const Steps& steps) {
    std::string text = context;
    for (const Step& step : steps) {
        text += (text.empty() ? "" : ".") + pathName(step.name);
        if (!step.filter.empty()) text += ".where(" + filterText(step) + ")";
    }
    return text.empty() ? "$this" : text;
}

std::string sourceText(const std::string& context, const Steps& steps) {
    std::string text = context;
    for (const Step& step : steps) text += "." + fml::printedName(step.name);
    return text;
}

Steps below(const Steps& whole, const Steps& front) {
    return {whole.begin() + static_cast<std::ptrdiff_t>(front.size()), whole.end()};
}

std::string valueText(const std::string& context, const SourcePath& path, const Steps& things) {
    const Steps rest = below(path.steps, things);
    if (path.joined.empty()) return pathText(context, rest) + ".toString()";
    std::string text;
    for (std::size_t i = 0; i < path.joined.size(); ++i) {
        Steps whole = rest;
        whole.insert(whole.end(), path.joined[i].begin(), path.joined[i].end());
        if (i) text += path.spaced[i] ? " & ' ' & " : " & ";
        text += pathText(context, whole) + ".toString()";
    }
    return "(" + text + ").trim()";
}

std::string existsText(const std::string& context, const SourcePath& path, const Steps& things) {
    const Steps rest = below(path.steps, things);
    if (path.joined.empty()) return pathText(context, rest) + ".exists()";
    std::string text;
    for (const Steps& joined : path.joined) {
        Steps whole = rest;
        whole.insert(whole.end(), joined.begin(), joined.end());
        text += (text.empty() ? "" : " or ") + pathText(context, whole) + ".exists()";
    }
    return "(" + text + ")";
}

std::string filled(std::string_view expression, const std::string& value) {
    std::string text;
    for (std::size_t at = 0; at < expression.size();) {
        if (expression.substr(at).starts_with("%x")) {
            text += value;
            at += 2;
        } else {
            text += expression[at++];
        }
    }
    return text;
}

std::string renamed(std::string_view text, std::string_view from, const std::string& to) {
    const auto inName = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool whole = text.substr(at).starts_with(from) &&
                           (at == 0 || !inName(text[at - 1])) &&
                           (at + from.size() == text.size() || !inName(text[at + from.size()]));
        out += whole ? to : std::string(1, text[at]);
        at += whole ? from.size() : 1;
    }
    return out;
}

bool mentions(std::string_view text, std::string_view word) {
    return renamed(text, word, "") != text;
}

std::string wide(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace maps
