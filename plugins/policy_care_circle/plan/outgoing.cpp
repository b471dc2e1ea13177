#include "plan/outgoing.h"

#include <set>

#include "plan/identifiers.h"
#include "plan/identity.h"

namespace care_circle {
namespace {
using namespace gateway;
using Data = const detail::NodeData*;

constexpr std::string_view kFourStates =
    "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-status";
constexpr std::string_view kV2States = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445";
constexpr std::string_view kFirstSeen =
    "https://passerelle.example/fhir/StructureDefinition/first-seen";
constexpr std::string_view kWithIns =
    "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins";

/// What differs from the pivot, node by node.
struct Changes {
    std::set<Data> dropped;
    std::map<Data, std::string> texts;
    std::map<Data, const FirstSeen::Undated*> dates;  ///< to be added to that node
    std::set<Data> touched;                           ///< above those

    void above(Node node) {
        for (Node at = node.parent(); at && touched.insert(at.data()).second; at = at.parent()) {
        }
    }
    void drop(Node node) {
        dropped.insert(node.data());
        above(node);
    }
    void set(Node node, std::string_view text) {
        if (!node || node.text() == text) return;
        texts[node.data()] = text;
        above(node);
    }
    void date(const FirstSeen::Undated& one) {
        dates[one.in.data()] = &one;
        touched.insert(one.in.data());
        above(one.in);
    }
    bool empty() const { return dropped.empty() && texts.empty() && dates.empty(); }
};

/// A date with the mark that nobody stated it.
void addDate(Builder& tree, Builder::Handle in, const FirstSeen::Undated& one) {
    const bool whole = one.element == "period";
    const auto date = tree.add(whole ? tree.add(in, "period") : in, whole ? "start" : one.element);
    tree.text(date, one.day);
    if (in.node().type() == "Goal") tree.type(date, tree.intern("date"));
    const auto mark = tree.add(date, "extension");
    tree.text(tree.add(mark, "url"), kFirstSeen);
    const auto value = tree.add(mark, "value");
    tree.type(value, tree.intern("boolean"));
    tree.text(value, "true", Kind::boolean);
}

void copyChildren(Builder& tree, Builder::Handle to, Node from, const Changes& changes) {
    for (const Node child : from.children()) {
        if (changes.dropped.contains(child.data())) continue;
        const auto text = changes.texts.find(child.data());
        if (text == changes.texts.end() && !changes.touched.contains(child.data())) {
            tree.copy(to, child.nameOf(), child);
            continue;
        }
        const auto made = tree.add(to, child.name());
        if (!child.typeOf().empty()) tree.type(made, tree.intern(child.type()));
        if (child.inList()) tree.inList(made);
        tree.spare(made, child.data()->spare);
        if (text != changes.texts.end())
            tree.text(made, text->second, child.kind());
        else if (child.hasText())
            tree.text(made, child.text(), child.kind());
        copyChildren(tree, made, child, changes);
        if (const auto date = changes.dates.find(child.data()); date != changes.dates.end())
            addDate(tree, made, *date->second);
    }
}

void withoutIns(const Bundle& bundle, Node root, const Identity& identity, Changes& changes) {
    for (const Node one : insBelow(root)) {
        const Node value = one.child("value");
        const bool may = identity.qualified() && withoutGaps(value.text()) == identity.ins &&
                         insKind(one.child("system").text()) != InsKind::former;
        if (may)
            changes.set(value, identity.ins);
        else
            changes.drop(one);
    }
    if (identity.qualified()) return;
    for (const Node profile : bundle.patient().child("meta").children())
        if (profile.name() == "profile" && profile.text() == kWithIns) changes.drop(profile);
}

void status(Node patient, const Identity& identity, bool qual, Changes& changes) {
    const Node coding = identityStatus(patient);
    const std::string_view code = coding.child("code").text();
    if (code != "VALI" && code != "QUAL") return;
    // Without its INS an identity is validated, whatever its sender calls it.
    const bool asQual = qual && identity.qualified();
    changes.set(coding.child("code"), asQual ? "QUAL" : "VALI");
    changes.set(coding.child("system"), asQual ? kFourStates : kV2States);
}

/// An entry for a session that this edition has no more.
void addCancelled(Builder& tree, const ComingSession& one, const Bundle& bundle) {
    const auto text = [&](Builder::Handle in, std::string_view name, std::string_view value) {
        if (!value.empty()) tree.text(tree.add(in, name), value);
    };
    const auto identifier = [&](Builder::Handle in, std::string_view spelled) {
        const std::size_t bar = spelled.find('|');
        if (bar == spelled.npos) return;
        const auto made = tree.add(in, "identifier");
        text(made, "system", spelled.substr(0, bar));
        text(made, "value", spelled.substr(bar + 1));
    };
    const auto entry = tree.add(tree.root(), "entry");
    text(entry, "fullUrl", one.url);
    const auto session = tree.add(entry, "resource");
    tree.type(session, tree.intern("Appointment"));
    identifier(session, one.id);
    text(session, "status", "cancelled");
    text(session, "description", one.what);
    const bool hours = one.from.find('T') != one.from.npos;
    if (hours) {
        text(session, "start", one.from);
        text(session, "end", one.to);
    }
    const auto action = tree.add(session, "basedOn");
    if (bundle.at(one.action)) {
        text(action, "reference", one.action);
    } else {
        text(action, "type", "ServiceRequest");
        identifier(action, one.actionId);
    }
    const auto who = tree.add(session, "participant");
    text(tree.add(who, "actor"), "reference",
         bundle.plan().child("subject").child("reference").text());
    text(who, "status", "needs-action");
    if (hours) return;
    const auto period = tree.add(session, "requestedPeriod");
    text(period, "start", one.from);
    text(period, "end", one.to);
}

}  // namespace

Outgoing::Outgoing(const Edition& edition, const FirstSeen& seen, const Sessions& sessions)
    : edition_(edition), seen_(seen), sessions_(sessions) {}

std::shared_ptr<const Document> Outgoing::to(const Partner& partner) {
    const auto wanted = partner.values.find("identity_status");
    const bool qual = wanted != partner.values.end() && wanted->second == "qual";
    const auto [at, fresh] = made_.try_emplace(qual);
    if (fresh) at->second = made(qual);
    return at->second;
}

std::shared_ptr<const Document> Outgoing::made(bool qual) const {
    const Node root = edition_.question.pivot.root();
    const Identity identity =
        identityOf(edition_.bundle.patient(), edition_.question.rules, edition_.question.source());
    Changes changes;
    withoutIns(edition_.bundle, root, identity, changes);
    status(edition_.bundle.patient(), identity, qual, changes);
    for (const FirstSeen::Undated& one : seen_.undated()) changes.date(one);
    for (const Node session : sessions_.ended()) changes.set(session.child("status"), "cancelled");
    if (changes.empty() && sessions_.gone().empty()) return nullptr;
    Builder tree(root.name());
    if (!root.typeOf().empty()) tree.type(tree.root(), tree.intern(root.type()));
    copyChildren(tree, tree.root(), root, changes);
    for (const ComingSession& one : sessions_.gone()) addCancelled(tree, one, edition_.bundle);
    return std::make_shared<const Document>(tree.finish());
}

}  // namespace care_circle
