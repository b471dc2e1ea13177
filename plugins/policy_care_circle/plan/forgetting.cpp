#include "plan/forgetting.h"

#include "news/news_facts.h"
#include "plan/calendar.h"
#include "plan/edition.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::string_view kForget = "forget";

/// @param order  of what stands
RegisterChange changeOf(RegisterEntry entry) {
    RegisterChange change;
    change.expected = entry.revision;
    // Notices and news have no order.
    change.order = entry.network.empty() ? 0 : orderOf(entry.edition);
    change.entry = std::move(entry);
    return change;
}

RegisterChange removing(RegisterEntry entry) {
    RegisterChange change = changeOf(std::move(entry));
    change.remove = true;
    return change;
}

}  // namespace

void forgetLater(RegisterEntry& entry, const Question& question) {
    if (const auto from = calendar::read(question.today())) {
        entry.due = calendar::begin(calendar::later(*from, question.rules.forgetAfter));
        entry.dueReason = kForget;
    }
}

bool isToForget(const RegisterEntry& entry) { return entry.dueReason == kForget; }

std::vector<RegisterChange> forgotten(RegisterEntry entry, const Register& plans) {
    std::vector<RegisterChange> changes;
    if (!plans.waiting(entry.key).empty()) {
        entry.due = calendar::begin(calendar::later(calendar::dayOf(*entry.due), 1));
        changes.push_back(changeOf(std::move(entry)));
        return changes;
    }
    if (std::optional<RegisterEntry> news = plans.find(newsKey(entry.key)))
        changes.push_back(removing(*std::move(news)));
    changes.push_back(removing(std::move(entry)));
    return changes;
}

}  // namespace care_circle
