#include "plan/edition.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "plan/calendar.h"

namespace care_circle {
namespace {
using namespace gateway;

/// The edition that the plan names, empty when it names none: a further identifier, NUMBER/3.
std::string_view statedEdition(Node plan, std::string_view number) {
    for (const Node child : plan.children()) {
        if (child.name() != "identifier") continue;
        const std::string_view value = child.child("value").text();
        if (value.size() > number.size() + 1 && value.starts_with(number) &&
            value[number.size()] == '/')
            return value.substr(number.size() + 1);
    }
    return {};
}

std::string dateOfEdition(const Bundle& bundle, std::string_view name, std::string_view today) {
    if (calendar::read(name)) return std::string(name.substr(0, 10));
    for (const Node provenance : bundle.all("Provenance"))
        for (const std::string_view element : {"occurred", "recorded"})
            if (calendar::read(provenance.child(element).text()))
                return std::string(provenance.child(element).text().substr(0, 10));
    const std::string_view exported = bundle.plan().child("meta").child("lastUpdated").text();
    return std::string(calendar::read(exported) ? exported.substr(0, 10) : today);
}

}  // namespace

std::int64_t orderOf(std::string_view edition) {
    // Versions stay below every date: two numbers of at most five and four digits.
    constexpr std::int64_t kDates = 1'000'000'000'000;
    if (const auto at = calendar::secondsOf(edition)) return kDates + *at;
    std::int64_t parts[] = {0, 0};
    std::size_t part = 0;
    for (std::size_t at = 0; at < edition.size() && part < 2;) {
        const std::size_t from = edition.find_first_of("0123456789", at);
        if (from == edition.npos) break;
        const auto [end, error] =
            std::from_chars(edition.data() + from, edition.data() + edition.size(), parts[part++]);
        if (error != std::errc()) parts[part - 1] = 0;
        at = static_cast<std::size_t>(end - edition.data());
    }
    return std::min<std::int64_t>(parts[0], 9'999'999) * 10'000 +
           std::min<std::int64_t>(parts[1], 9'999);
}

Edition::Edition(const Question& asked)
    : question(asked),
      bundle(asked.pivot.root()),
      circle(bundle),
      number(bundle.plan().child("identifier").child("value").text()),
      key(planKey(asked.network(), number)),
      name(statedEdition(bundle.plan(), number)),
      status(bundle.plan().child("status").text()),
      known(asked.plans.find(key)) {
    if (number.empty())
        throw Error(Fault::rejected, "CarePlan.identifier",
                    {"the map made no plan with a number",
                     "la transformation n'a pas fait de plan qui porte un numéro"});
    if (name.empty()) name = bundle.plan().child("meta").child("lastUpdated").text();
    if (name.empty()) name = asked.time();
    order = orderOf(name);
    date = dateOfEdition(bundle, name, asked.today());
    if (!known) return;
    knownOrder = orderOf(known->edition);
    knownMembers = membersOf(*known);
}

bool Edition::sharingRefused() const {
    return circle.sharingRefused() || (!isNew() && known->fact(fact::kSharing) == "refused");
}

bool Edition::saysDeath() const {
    const Node deceased = bundle.patient().child("deceased");
    if (deceased && deceased.text() != "false") return true;
    for (const Node part : extensionOf(bundle.plan(), "exit").children())
        if (part.name() == "extension" && part.child("url").text() == "reason" &&
            codeOf(part.child("value"), "pps-exit-reason") == "DECES")
            return true;
    return false;
}

std::string Edition::lastDay() const {
    std::string last(question.today());
    const auto earlier = [&](Node stated) {
        if (const auto day = calendar::read(stated.text()); day && calendar::write(*day) < last)
            last = calendar::write(*day);
    };
    if (saysDeath()) earlier(bundle.patient().child("deceased"));
    if (saysDeath() || closes()) earlier(bundle.plan().child("period").child("end"));
    return last;
}

PlanName Edition::plan() const {
    PlanName plan;
    plan.system = bundle.plan().child("identifier").child("system").text();
    if (plan.system.empty()) plan.system = networkSystem(question.network());
    plan.number = number;
    plan.edition = name;
    for (const Node child : bundle.patient().children())
        if (child.name() == "identifier" &&
            child.child("system").text() == plan.system + "/patient")
            plan.patient = child.child("value").text();
    return plan;
}

std::string Edition::referent() const {
    return circle.memberOf(bundle.plan().child("contributor").child("reference").text()).personName;
}

const Partner* Edition::network() const { return question.partners.find(question.network()); }

std::vector<std::string> Edition::former() const {
    std::set<std::string> partners;
    if (known) {
        for (const RegisterReceipt& receipt : question.plans.receipts(key))
            partners.insert(receipt.partner);
        for (const Register::Waiting& one : question.plans.waiting(key))
            if (one.state == DeliveryState::inflight || one.state == DeliveryState::uncertain)
                partners.insert(one.partner);
        partners.erase(known->network);
    }
    return {partners.begin(), partners.end()};
}

}  // namespace care_circle
