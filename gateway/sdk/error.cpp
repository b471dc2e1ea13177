#include "gateway/error.h"

#include <algorithm>

namespace gateway {

std::string_view toText(Fault fault) {
    switch (fault) {
        case Fault::malformed: return "malformed";
        case Fault::unsupported: return "unsupported";
        case Fault::rejected: return "rejected";
        case Fault::unavailable: return "unavailable";
        case Fault::uncertain: return "uncertain";
        case Fault::internal: return "internal";
    }
    return "internal";
}

Error::Error(Fault f, std::string w, const Reason& what)
    : std::runtime_error(what.en), fault(f), where(std::move(w)), fr(what.fr) {}

Error::~Error() = default;

namespace {

std::string filled(std::string_view pattern, std::initializer_list<Reason> parts, Spoken language) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool part = pattern[i] == '{' && i + 2 < pattern.size() && pattern[i + 2] == '}' &&
                          pattern[i + 1] >= '0' && pattern[i + 1] <= '9';
        if (!part) {
            text += pattern[i];
            continue;
        }
        const auto number = static_cast<std::size_t>(pattern[i + 1] - '0');
        if (number < parts.size()) text += (parts.begin() + number)->in(language);
        i += 2;
    }
    return text;
}

}  // namespace

Reason say(std::string_view en, std::string_view fr, std::initializer_list<Reason> parts) {
    return {filled(en, parts, Spoken::english), filled(fr, parts, Spoken::french)};
}

std::string_view toText(Severity severity) {
    switch (severity) {
        case Severity::information: return "information";
        case Severity::warning: return "warning";
        case Severity::error: return "error";
        case Severity::fatal: return "fatal";
    }
    return "error";
}

void Issues::add(Severity severity, std::string where, Reason text, std::string rule) {
    issues_.push_back({severity, std::move(where), std::move(text), std::move(rule)});
}

Severity Issues::worst() const {
    Severity worst = Severity::information;
    for (const Issue& issue : issues_) worst = std::max(worst, issue.severity);
    return worst;
}

void Issues::add(Issue issue) { issues_.push_back(std::move(issue)); }

void Issues::append(const Issues& other) {
    issues_.insert(issues_.end(), other.issues_.begin(), other.issues_.end());
}

std::string Place::text() const {
    std::string text = file;
    if (line > 0) text += ":" + std::to_string(line);
    if (line > 0 && column > 0) text += ":" + std::to_string(column);
    return text;
}

void Findings::error(Place where, Reason text) {
    all_.push_back({Severity::error, std::move(where), std::move(text.en), std::move(text.fr)});
    ++errors_;
}

void Findings::warning(Place where, Reason text) {
    all_.push_back({Severity::warning, std::move(where), std::move(text.en), std::move(text.fr)});
}

void Findings::append(const Findings& other) {
    all_.insert(all_.end(), other.all_.begin(), other.all_.end());
    errors_ += other.errors_;
}

}  // namespace gateway
