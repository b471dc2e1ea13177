#include "admin/rules.h"

#include <algorithm>
#include <iterator>

namespace gateway {
namespace {

using Content = AdminRule::Content;

constexpr unsigned kAll = kViewer | kMapper | kOperator | kAdmin;
constexpr unsigned kWork = kMapper | kOperator | kAdmin;
constexpr unsigned kRun = kOperator | kAdmin;

constexpr AdminRule kRules[] = {
    {"GET", "/health/live", kAll},
    {"GET", "/health/ready", kAll},
    {"GET", "/metrics", kAll},
    {"GET", "/status", kAll},
    {"GET", "/alerts", kAll},
    {"GET", "/pauses", kAll},
    {"GET", "/refusals", kAll},
    {"GET", "/unmapped", kWork},
    {"GET", "/messages", kAll},
    {"POST", "/messages/find", kAll, Content::person, kRun},
    {"GET", "/messages/*", kAll, Content::words, kWork},
    {"GET", "/messages/*/body", kWork, Content::bytes, kWork},
    {"POST", "/messages/replay", kWork, Content::person, kRun},
    {"POST", "/messages/close", kRun},
    {"POST", "/messages/settle", kRun},
    {"POST", "/messages/*/edit", kRun, Content::reason, kRun},
    {"POST", "/pause", kRun},
    {"POST", "/resume", kRun},
    {"POST", "/alerts/test", kRun},
    {"POST", "/ask/*", kRun, Content::reason, kRun},
    {"POST", "/audit/person", kAdmin, Content::reason, kAdmin},
    {"GET", "/store/check", kAdmin},
    {"POST", "/store/backup", kAdmin},
};

bool fits(std::string_view pattern, std::string_view path) {
    for (;;) {
        const std::size_t star = pattern.find('*');
        if (star == pattern.npos) return pattern == path;
        if (path.substr(0, star) != pattern.substr(0, star)) return false;
        path.remove_prefix(star);
        pattern.remove_prefix(star + 1);
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end == 0) return false;
        path.remove_prefix(end);
    }
}

}  // namespace

std::span<const AdminRule> adminRules() { return kRules; }

const AdminRule* adminRuleOf(std::string_view method, std::string_view path) {
    const auto found = std::find_if(
        std::begin(kRules), std::end(kRules),
        [&](const AdminRule& one) { return one.method == method && fits(one.path, path); });
    return found == std::end(kRules) ? nullptr : &*found;
}

}  // namespace gateway
