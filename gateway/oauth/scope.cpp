#include "oauth/scope.h"

#include <algorithm>

namespace gateway::oauth {
namespace {

constexpr std::string_view kLetters = "cruds";  ///< in the order that the grammar demands

bool isType(std::string_view text) {
    return text == "*" || (!text.empty() && text.front() >= 'A' && text.front() <= 'Z' &&
                           std::all_of(text.begin(), text.end(), [](char c) {
                               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                           }));
}

/// 0: no rights that can be read.
unsigned rightsOf(std::string_view text) {
    constexpr unsigned kRead = 2u | 16u, kWrite = 1u | 4u | 8u;
    if (text == "read") return kRead;
    if (text == "write") return kWrite;
    if (text == "*") return kRead | kWrite;
    unsigned rights = 0;
    std::size_t from = 0;
    for (const char letter : text) {
        const std::size_t at = kLetters.find(letter, from);
        if (at == kLetters.npos) return 0;
        rights |= 1u << at;
        from = at + 1;
    }
    return rights;
}

}  // namespace

std::optional<Scope> scopeOf(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == text.npos) return {};
    const std::string_view whose = text.substr(0, slash);
    if (whose != "system" && whose != "user") return {};
    text.remove_prefix(slash + 1);
    const std::size_t condition = std::min(text.find('?'), text.size());
    const std::size_t dot = text.substr(0, condition).find('.');
    if (dot == text.npos) return {};
    const Scope scope{text.substr(0, dot), rightsOf(text.substr(dot + 1, condition - dot - 1)),
                      condition != text.size()};
    if (!isType(scope.type) || scope.rights == 0) return {};
    return scope;
}

bool grants(const std::vector<std::string>& scopes, Right right, std::string_view type) {
    return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& text) {
        const auto scope = scopeOf(text);
        return scope && !scope->conditional && (scope->type == "*" || scope->type == type) &&
               (scope->rights & static_cast<unsigned>(right)) != 0;
    });
}

}  // namespace gateway::oauth
