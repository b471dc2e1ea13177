/// @file  What the register keeps of news, beside the plans: which numbers of hospitals lead to a
/// plan, whether the person died, and what was told to whom. Entries of their own ("news:…",
/// "notice:…"), so that an edition of the plan never overwrites them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "question.h"

namespace care_circle {

/// A number that a hospital gave the person, and the INS by which it led to the plan.
struct Link {
    std::string local;  ///< "SYSTEM|VALUE"
    std::string by;     ///< "SYSTEM|VALUE"
    friend bool operator==(const Link&, const Link&) = default;
};

/// What news know of one plan.
struct NewsOfPlan {
    std::string plan;  ///< its key
    std::vector<Link> links;
    std::string died;  ///< when, as the hospital wrote it; "yes" without a date; empty: no word
    std::uint64_t revision = 0;
};

std::string newsKey(std::string_view plan);
NewsOfPlan newsOf(const gateway::Register& plans, std::string_view plan);
/// When the person died, by what a hospital said; empty: nobody said so. Reviews stop then.
std::string diedOn(const gateway::Register& plans, std::string_view plan);

/// Changes of what news know of plans, each read once.
class NewsChanges {
public:
    explicit NewsChanges(const gateway::Register& plans) : plans_(plans) {}
    void link(const std::string& plan, const Link& link);
    void unlink(const std::string& plan, std::string_view local);
    void died(const std::string& plan, std::string when);
    const NewsOfPlan& of(const std::string& plan) { return opened(plan).news; }
    std::vector<gateway::RegisterChange> changes() const;

private:
    struct Opened {
        NewsOfPlan news;
        bool changed = false;
    };
    Opened& opened(const std::string& plan);

    const gateway::Register& plans_;
    std::map<std::string, Opened> all_;
};

/// Somebody who was told, of which plan.
struct ToldPartner {
    std::string partner, destination, plan;
};

/// What was told of one movement.
struct ToldNotice {
    std::string key;  ///< "notice:…"
    std::vector<ToldPartner> told;
    std::string kind, text, recorded;  ///< of the newest word
    std::string before;                ///< the text that this one corrects; empty: it is the first
    std::string beforeKind;
    bool cancelled = false;
    unsigned number = 0;  ///< how many words so far
    std::string message;  ///< that said the newest
    std::uint64_t revision = 0;
};

std::string noticeKey(std::string_view id);
bool isNoticeKey(std::string_view key);
std::optional<ToldNotice> noticeOf(const gateway::Register& plans, std::string_view key);
gateway::RegisterChange written(const ToldNotice& notice, const Question& question);

}  // namespace care_circle
