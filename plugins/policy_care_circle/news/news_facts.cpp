#include "news/news_facts.h"

#include <algorithm>

#include "plan/forgetting.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kNews = "news:", kNotice = "notice:";

/// Lines, since no part of them has a line feed.
std::string lines(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view part : parts) {
        all += part;
        all += '\n';
    }
    return all;
}

std::vector<std::string> parts(std::string_view text) {
    std::vector<std::string> all;
    for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1))
        all.emplace_back(text.substr(0, end));
    return all;
}

}  // namespace

std::string newsKey(std::string_view plan) { return std::string(kNews) + std::string(plan); }

NewsOfPlan newsOf(const Register& plans, std::string_view plan) {
    NewsOfPlan news;
    news.plan = plan;
    const std::optional<RegisterEntry> entry = plans.find(newsKey(plan));
    if (!entry) return news;
    news.revision = entry->revision;
    for (const auto& [name, value] : entry->facts) {
        if (name == "died") news.died = value;
        if (const std::vector<std::string> link = parts(value); name == "link" && link.size() == 2)
            news.links.push_back({link[0], link[1]});
    }
    return news;
}

std::string diedOn(const Register& plans, std::string_view plan) {
    return newsOf(plans, plan).died;
}

NewsChanges::Opened& NewsChanges::opened(const std::string& plan) {
    const auto [at, fresh] = all_.try_emplace(plan);
    if (fresh) at->second.news = newsOf(plans_, plan);
    return at->second;
}

void NewsChanges::link(const std::string& plan, const Link& link) {
    Opened& open = opened(plan);
    if (std::find(open.news.links.begin(), open.news.links.end(), link) != open.news.links.end())
        return;
    unlink(plan, link.local);
    open.news.links.push_back(link);
    open.changed = true;
}

void NewsChanges::unlink(const std::string& plan, std::string_view local) {
    Opened& open = opened(plan);
    if (std::erase_if(open.news.links, [&](const Link& one) { return one.local == local; }) > 0)
        open.changed = true;
}

void NewsChanges::died(const std::string& plan, std::string when) {
    Opened& open = opened(plan);
    open.changed = open.changed || open.news.died != when;
    open.news.died = std::move(when);
}

std::vector<RegisterChange> NewsChanges::changes() const {
    std::vector<RegisterChange> changes;
    for (const auto& [plan, open] : all_) {
        if (!open.changed) continue;
        RegisterChange& change = changes.emplace_back();
        change.entry.key = newsKey(plan);
        change.expected = open.news.revision;
        for (const Link& link : open.news.links) {
            change.entry.subjects.push_back(link.local);
            change.entry.facts.emplace_back("link", lines({link.local, link.by}));
        }
        if (!open.news.died.empty()) change.entry.facts.emplace_back("died", open.news.died);
        change.remove = change.entry.facts.empty();
    }
    return changes;
}

std::string noticeKey(std::string_view id) { return std::string(kNotice) + std::string(id); }
bool isNoticeKey(std::string_view key) { return key.starts_with(kNotice); }

std::optional<ToldNotice> noticeOf(const Register& plans, std::string_view key) {
    const std::optional<RegisterEntry> entry = plans.find(key);
    if (!entry) return {};
    ToldNotice notice;
    notice.key = key;
    notice.message = entry->message;
    notice.revision = entry->revision;
    notice.cancelled = entry->state == "cancelled";
    notice.number = static_cast<unsigned>(std::stoul("0" + entry->edition));
    notice.kind = entry->fact("kind");
    notice.text = entry->fact("text");
    notice.recorded = entry->fact("recorded");
    notice.before = entry->fact("before");
    notice.beforeKind = entry->fact("before-kind");
    for (const auto& [name, value] : entry->facts)
        if (const std::vector<std::string> told = parts(value); name == "told" && told.size() == 3)
            notice.told.push_back({told[0], told[1], told[2]});
    return notice;
}

RegisterChange written(const ToldNotice& notice, const Question& question) {
    RegisterChange change;
    RegisterEntry& entry = change.entry;
    entry.key = notice.key;
    entry.edition = std::to_string(notice.number);
    entry.state = notice.cancelled ? "cancelled" : "told";
    const auto fact = [&](std::string name, const std::string& value) {
        if (!value.empty()) entry.facts.emplace_back(std::move(name), value);
    };
    fact("kind", notice.kind);
    fact("text", notice.text);
    fact("recorded", notice.recorded);
    fact("before", notice.before);
    fact("before-kind", notice.beforeKind);
    for (const ToldPartner& told : notice.told) {
        fact("told", lines({told.partner, told.destination, told.plan}));
        entry.labels.push_back("notice|" + told.plan);
    }
    forgetLater(entry, question);
    change.expected = notice.revision;
    return change;
}

}  // namespace care_circle
