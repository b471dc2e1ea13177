#include "access/certificate_name.h"

#include <algorithm>

namespace gateway {
namespace {

constexpr std::size_t kDigits = 64;  // of a SHA-256

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ') && !text.ends_with("\\ ")) text.remove_suffix(1);
    return text;
}

/// The hexadecimal digits, in lower case; empty when there is anything else.
std::string digitsOf(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
        if (c == ':' && digits.size() % 2 == 0) continue;
        if ((lower < '0' || lower > '9') && (lower < 'a' || lower > 'f')) return {};
        digits += lower;
    }
    return digits;
}

/// Takes the next part of a subject off its front, its separator too.
std::string_view takePart(std::string_view& rest, char& separator) {
    std::size_t at = 0;
    while (at < rest.size() && rest[at] != ',' && rest[at] != '+') at += rest[at] == '\\' ? 2 : 1;
    at = std::min(at, rest.size());
    const std::string_view part = rest.substr(0, at);
    separator = at < rest.size() ? rest[at] : '\0';
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
}

/// Empty when it is no subject.
std::string subjectOf(std::string_view text) {
    std::string subject;
    char separator = ',';
    while (separator != '\0') {
        const std::string_view part = takePart(text, separator);
        const std::size_t equals = part.find('=');
        if (equals == part.npos) return {};
        const std::string_view type = trimmed(part.substr(0, equals));
        const std::string_view value = trimmed(part.substr(equals + 1));
        if (type.empty() || value.empty()) return {};
        subject.append(type).append("=").append(value);
        if (separator != '\0') subject += separator;
    }
    return subject;
}

}  // namespace

std::optional<CertificateName> CertificateName::parsed(std::string_view text) {
    text = trimmed(text);
    if (std::string digits = digitsOf(text); digits.size() == kDigits)
        return CertificateName{std::move(digits), {}, {}};
    std::string subject = subjectOf(text);
    if (subject.empty()) return std::nullopt;
    const std::string_view name = commonNameOf(subject);
    if (name.size() + 3 == subject.size()) return CertificateName{{}, std::string(name), {}};
    return CertificateName{{}, {}, std::move(subject)};
}

std::string_view commonNameOf(std::string_view subject) {
    std::string_view found;
    for (char separator = ','; separator != '\0';) {
        const std::string_view part = takePart(subject, separator);
        if (!part.starts_with("CN=")) continue;
        if (!found.empty()) return {};
        found = part.substr(3);
    }
    return found;
}

}  // namespace gateway
