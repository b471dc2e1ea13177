#include "news/followed.h"

#include <algorithm>
#include <map>
#include <set>

#include "gateway/error.h"
#include "plan_facts.h"

namespace care_circle {
using namespace gateway;

namespace {

constexpr std::size_t kPage = 64;
constexpr std::string_view kNews = "news:";

bool contains(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

/// Keys of everything that has that subject.
std::vector<std::string> keysOf(const Register& plans, std::string_view subject) {
    std::vector<std::string> keys;
    for (std::string after;;) {
        const std::vector<RegisterEntry> page = plans.known(subject, kPage, after);
        for (const RegisterEntry& entry : page) keys.push_back(entry.key);
        if (page.size() < kPage) return keys;
        after = page.back().key;
    }
}

bool isPlan(const RegisterEntry& entry) { return !entry.network.empty(); }

bool isLinked(const NewsOfPlan& news, std::string_view local) {
    return std::any_of(news.links.begin(), news.links.end(),
                       [&](const Link& one) { return one.local == local; });
}

/// Keys of plans to which a number was linked by an INS.
std::vector<std::string> linkedTo(const Register& plans, std::string_view local) {
    std::vector<std::string> linked;
    if (local.empty()) return linked;
    for (const std::string& key : keysOf(plans, local))
        if (key.starts_with(kNews))
            if (const std::string plan = key.substr(kNews.size());
                isLinked(newsOf(plans, plan), local))
                linked.push_back(plan);
    return linked;
}

/// Whether the message gives the person another INS than the one that led to the plan.
bool contradicts(const PersonIds& person, const NewsOfPlan& news) {
    if (person.ins.empty()) return false;
    return std::none_of(news.links.begin(), news.links.end(), [&](const Link& link) {
        return link.local == person.own && contains(person.ins, link.by);
    });
}

/// Whether the message gives the person another INS than the plan has, which none of its own found.
bool isOfAnotherIns(const PersonIds& person, const RegisterEntry& plan) {
    const std::string_view oid = plan.fact(fact::kInsOid);
    const std::string system = "urn:oid:" + std::string(oid) + "|";
    return !oid.empty() && std::any_of(person.ins.begin(), person.ins.end(),
                                       [&](const auto& one) { return one.starts_with(system); });
}

/// Plans into which the network wrote one of the numbers itself.
void addByNumbers(const PersonIds& person, const Register& plans,
                  std::map<std::string, RegisterEntry>& found) {
    std::vector<std::string> numbers = person.others;
    if (!person.own.empty()) numbers.push_back(person.own);
    for (const std::string& number : numbers)
        for (RegisterEntry& plan : plansOf(plans, number))
            if (!isOfAnotherIns(person, plan)) found.emplace(plan.key, std::move(plan));
}

std::string_view systemOf(std::string_view spelled) { return spelled.substr(0, spelled.find('|')); }

}  // namespace

const Reason kNobodyFollows{
    "no network follows this person: no open plan has one of these numbers",
    "aucun réseau ne suit cette personne : aucun plan ouvert ne porte l'un de ces numéros"};

std::vector<RegisterEntry> plansOf(const Register& plans, std::string_view subject) {
    std::vector<RegisterEntry> found;
    for (const std::string& key : keysOf(plans, subject)) {
        if (key.starts_with(kNews)) continue;
        if (std::optional<RegisterEntry> entry = plans.find(key); entry && isPlan(*entry))
            found.push_back(*std::move(entry));
    }
    return found;
}

std::vector<RegisterEntry> followersOf(const PersonIds& person, const Register& plans,
                                       NewsChanges& changes) {
    std::map<std::string, RegisterEntry> found;  // each plan once
    for (const std::string& ins : person.ins)
        for (RegisterEntry& plan : plansOf(plans, ins)) {
            if (isOpen(plan.state) && !person.own.empty())
                changes.link(plan.key, {person.own, ins});
            found.emplace(plan.key, std::move(plan));
        }
    const bool byIns = !found.empty();
    for (const std::string& key : linkedTo(plans, person.own)) {
        if (found.contains(key)) continue;
        if (byIns || contradicts(person, changes.of(key)))
            changes.unlink(key, person.own);  // the number is somebody else's now
        else if (std::optional<RegisterEntry> plan = plans.find(key))
            found.emplace(key, *std::move(plan));
    }
    if (!byIns) addByNumbers(person, plans, found);
    std::vector<RegisterEntry> open;
    for (auto& [key, plan] : found)
        if (isOpen(plan.state)) open.push_back(std::move(plan));
    return open;
}

void moveNumbers(const PersonIds& from, const PersonIds& to, const Register& plans,
                 NewsChanges& changes) {
    if (from.own.empty() || systemOf(from.own) != systemOf(to.own)) return;
    std::set<std::string> there;
    for (const std::string& ins : to.ins)
        for (const RegisterEntry& plan : plansOf(plans, ins)) there.insert(plan.key);
    for (const std::string& key : linkedTo(plans, to.own)) there.insert(key);
    for (const std::string& key : linkedTo(plans, from.own)) {
        if (!there.empty() && !there.contains(key))
            throw Error(Fault::rejected, "MRG-1",
                        {"the two records lead to two plans, which are never joined: ask the "
                         "hospital who the person is, then close this message",
                         "les deux dossiers mènent à deux plans, qui ne sont jamais réunis : "
                         "demander à l'établissement de qui il s'agit, puis clore ce message"});
        const std::vector<Link> links = changes.of(key).links;
        changes.unlink(key, from.own);
        for (const Link& link : links)
            if (link.local == from.own) changes.link(key, {to.own, link.by});
    }
}

}  // namespace care_circle
