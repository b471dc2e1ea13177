#include "admin/person.h"

#include <algorithm>

namespace gateway {
namespace {

constexpr std::string_view kQuestion = "where";
constexpr std::size_t kPage = 1000;

void addPlans(std::vector<std::string>& ids, const JsonValue& plans) {
    for (const auto& [none, plan] : plans.items)
        if (!plan["number"].text.empty())
            ids.push_back(plan["network"].text + "/" + plan["number"].text);
}

/// Of the policies; one that does not take such a word has no answer to it.
void addKnownPlans(std::vector<std::string>& ids, Store& store, const Pipeline& pipeline,
                   const Asked& asked) {
    const auto setup = pipeline.setup();
    const Looking looking(store, *setup->directory);
    for (const auto& [rule, policy] : setup->policies) {
        try {
            const auto answer = policy->answer(kQuestion, asked, looking);
            if (!answer) continue;
            const JsonValue told = parsedJson(*answer);
            addPlans(ids, told["plans"]);
            addPlans(ids, told["candidates"]);
        } catch (const Error& error) {
            if (error.fault != Fault::rejected || !asked.contains("who")) throw;
        }
    }
}

void addMessages(std::vector<std::string>& ids, Store& store, const std::string& subject) {
    Filter filter;
    filter.subject = subject;
    filter.most = kPage;
    for (bool more = true; more;) {
        const std::vector<MessageView> messages = store.list(filter);
        for (const MessageView& one : messages) {
            ids.push_back(one.id);
            for (const DeliveryView& delivery : one.deliveries) {
                ids.push_back(delivery.id);
                if (!delivery.plan.empty()) ids.push_back(delivery.plan);
            }
        }
        more = messages.size() == kPage;
        if (more) filter.before = messages.back().id;
    }
}

}  // namespace

const Register& Looking::plans() const { return store_.plans(); }
std::optional<MessageView> Looking::message(std::string_view id) const { return store_.show(id); }
Time Looking::now() const { return currentTime(); }

std::vector<std::string> plansIn(const std::string& answer) {
    std::vector<std::string> keys;
    const JsonValue told = parsedJson(answer);
    addPlans(keys, told["plans"]);
    return keys;
}

std::vector<std::string> aboutPerson(Store& store, const Pipeline& pipeline,
                                     const JsonValue& asked) {
    std::vector<std::string> ids;
    Asked words;
    for (const char* const name : {"who", "name", "born"})
        if (!asked[name].text.empty()) words[name] = asked[name].text;
    if (words.empty())
        throw Error(Fault::malformed, "who",
                    Reason{"who is meant must be said", "il faut dire de qui il s'agit"});
    for (const char* const name : {"by", "why"}) words[name] = asked[name].text;
    addKnownPlans(ids, store, pipeline, words);
    if (std::string who = words["who"]; !who.empty()) {
        addMessages(ids, store, who);
        std::string closed = who;
        std::erase_if(closed, [](char c) { return c == ' '; });
        if (closed != who) addMessages(ids, store, closed);
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

}  // namespace gateway
