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

Error::Error(Fault f, std::string w, const std::string& what)
    : std::runtime_error(what), fault(f), where(std::move(w)) {}

Error::~Error() = default;

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

void Findings::error(Place where, std::string text) {
    all_.push_back({Severity::error, std::move(where), std::move(text)});
    ++errors_;
}

void Findings::warning(Place where, std::string text) {
    all_.push_back({Severity::warning, std::move(where), std::move(text)});
}

void Findings::append(const Findings& other) {
    all_.insert(all_.end(), other.all_.begin(), other.all_.end());
    errors_ += other.errors_;
}

}  // namespace gateway
