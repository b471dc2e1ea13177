#include "plan/approaches.h"

#include <map>
#include <set>

namespace care_circle {
namespace {
using namespace gateway;

Node partOf(Node extension, std::string_view name) {
    for (const Node part : extension.children())
        if (part.name() == "extension" && part.child("url").text() == name)
            return part.child("value");
    return {};
}

std::string_view functionOf(Node request, const Bundle& bundle) {
    for (const Node child : request.children()) {
        std::string_view code;
        if (child.name() == "performerType") code = codeOf(child, "pps-function");
        if (child.name() == "performer")
            for (const Node role : bundle.at(child.child("reference").text()).children())
                if (role.name() == "code" && code.empty()) code = codeOf(role, "pps-function");
        if (code == "PSYCHOLOGUE" || code == "ERGOTHERAPEUTE") return code;
    }
    return {};
}

/// What it counts as; empty: it is no approach.
std::string_view kindOf(Node request, const Bundle& bundle) {
    const std::string_view approach = codeOf(request.child("code"), "pps-approach");
    if (!approach.empty()) return approach;
    const std::string_view function = functionOf(request, bundle);
    if (!function.empty() && extensionOf(request, "funding")) return function;
    const bool complementary =
        codeOf(request.child("category"), "pps-action-kind") == "COMPLEMENTAIRE";
    return complementary ? (function.empty() ? std::string_view("AUTRE") : function)
                         : std::string_view();
}

/// Dates of the sessions held that rest on a request.
std::vector<std::string> heldOn(std::string_view url, const std::vector<Node>& procedures) {
    std::vector<std::string> dates;
    for (const Node one : procedures) {
        const std::string_view date = one.child("performed").text().substr(0, 10);
        for (const Node child : one.children())
            if (child.name() == "basedOn" && child.child("reference").text() == url &&
                !date.empty())
                dates.emplace_back(date);
    }
    return dates;
}

/// Things of one kind that say on which request they rest: its url → how many.
std::map<std::string_view, int> restingOn(const std::vector<Node>& all, std::string_view code) {
    std::map<std::string_view, int> counts;
    for (const Node one : all) {
        if (!code.empty() && codeOf(one.child("code"), "pps-observation") != code) continue;
        for (const Node child : one.children())
            if (child.name() == "basedOn") ++counts[child.child("reference").text()];
    }
    return counts;
}

}  // namespace

std::vector<Approach> approachesIn(const Bundle& bundle) {
    const auto held = restingOn(bundle.all("Procedure"), {});
    const auto evaluated = restingOn(bundle.all("Observation"), "evaluation");
    std::vector<Approach> all;
    for (const Node request : bundle.all("ServiceRequest")) {
        const std::string_view kind = kindOf(request, bundle);
        const std::string_view status = request.child("status").text();
        if (kind.empty() || request.child("intent").text() == "proposal" ||
            status == "entered-in-error")
            continue;
        const std::string_view url = request.parent().child("fullUrl").text();
        const Node funding = extensionOf(request, "funding");
        Approach one;
        one.code = kind;
        one.carer = static_cast<bool>(extensionOf(request, "beneficiary"));
        one.planned = request.child("occurrence").child("repeat").child("count").text();
        one.done = extensionOf(request, "sessions-done").text();
        if (const auto count = held.find(url); one.done.empty() && count != held.end())
            one.done = std::to_string(count->second);
        one.unitCost = partOf(funding, "amount").child("value").text();
        one.payer = codeOf(partOf(funding, "payer"), "pps-payer");
        if (one.payer.empty()) one.payer = wordsOf(partOf(funding, "payer"));
        one.rest = partOf(funding, "rest").child("value").text();
        one.evaluated = evaluated.contains(url);
        one.asked = request.child("authoredOn").text().substr(0, 10);
        one.dates = heldOn(url, bundle.all("Procedure"));
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace care_circle
