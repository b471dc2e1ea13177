#include "fhirpath_valuesets.h"

#include "fhirpath_resolve.h"

namespace fhirpath {
namespace {

using gateway::Name;
using gateway::Node;
using Answer = std::optional<bool>;

constexpr int kDeepest = 16;  // value sets inside each other

const Name kCode = Name::permanent("code");
const Name kCompose = Name::permanent("compose");
const Name kConcept = Name::permanent("concept");
const Name kContained = Name::permanent("contained");
const Name kContains = Name::permanent("contains");
const Name kEntry = Name::permanent("entry");
const Name kExclude = Name::permanent("exclude");
const Name kExpansion = Name::permanent("expansion");
const Name kFilter = Name::permanent("filter");
const Name kInclude = Name::permanent("include");
const Name kResource = Name::permanent("resource");
const Name kSystem = Name::permanent("system");
const Name kUrl = Name::permanent("url");
const Name kValueSet = Name::permanent("valueSet");

std::string_view withoutVersion(std::string_view url) { return url.substr(0, url.find('|')); }

class Terminology {
public:
    Terminology(Machine& machine, Node from) : machine_(machine), from_(from) {}

    Answer has(std::string_view url, const Coded& coded, int depth) {
        const auto& host = machine_.environment().valueSets;
        if (host)
            if (const Answer known = host(withoutVersion(url), coded.system, coded.code))
                return known;
        const Node set = find(url, "ValueSet");
        if (!set || depth > kDeepest) return std::nullopt;
        if (const Node expansion = set.child(kExpansion))
            return listed(expansion, kContains, coded, {});
        return composed(set.child(kCompose), coded, depth);
    }

private:
    static bool isA(Node node, std::string_view type, std::string_view url) {
        return (node.type() == type || (!node.parent() && node.name() == type)) &&
               node.child(kUrl).text() == url;
    }

    Node find(std::string_view url, std::string_view type) {
        if (url.empty()) return {};
        if (url.front() == '#') return resolved(machine_, from_, url);
        const std::string_view plain = withoutVersion(url);
        for (Node at = from_; at; at = at.parent()) {
            if (isA(at, type, plain)) return at;
            for (const Node child : at.children()) {
                machine_.work();
                Node one;
                if (child.nameOf() == kContained) one = child;
                if (child.nameOf() == kEntry) one = child.child(kResource);
                if (one && isA(one, type, plain)) return one;
            }
        }
        return {};
    }

    /// Whether a code stands below `node` in a list, or list of lists, of that name.
    bool listed(Node node, Name name, const Coded& coded, std::string_view system) {
        for (const Node one : node.children()) {
            machine_.work();
            if (!(one.nameOf() == name)) continue;
            const Node own = one.child(kSystem);
            const std::string_view of = own.hasText() ? own.text() : system;
            const bool same = coded.system.empty() || of.empty() || of == coded.system;
            if (same && one.child(kCode).text() == coded.code) return true;
            if (listed(one, name, coded, system)) return true;
        }
        return false;
    }

    Answer composed(Node compose, const Coded& coded, int depth) {
        bool unknown = false, found = false;
        for (const Node rule : compose.children()) {
            if (!(rule.nameOf() == kInclude) && !(rule.nameOf() == kExclude)) continue;
            const Answer in = ruled(rule, coded, depth);
            if (rule.nameOf() == kExclude && in == Answer(true)) return false;
            if (rule.nameOf() == kInclude && in == Answer(true)) found = true;
            unknown = unknown || !in;
        }
        if (found && !unknown) return true;
        return unknown ? Answer() : Answer(found);
    }

    /// Of one include or exclude: all that it asks must hold.
    Answer ruled(Node rule, const Coded& coded, int depth) {
        const std::string_view system = rule.child(kSystem).text();
        if (!system.empty() && !coded.system.empty() && system != coded.system) return false;
        bool unknown = false;
        for (const Node part : rule.children()) {
            if (part.nameOf() == kFilter) unknown = true;
            if (!(part.nameOf() == kValueSet)) continue;
            const Answer in = has(part.text(), coded, depth + 1);
            if (in == Answer(false)) return false;
            unknown = unknown || !in;
        }
        if (rule.child(kConcept) && !listed(rule, kConcept, coded, system)) return false;
        if (!rule.child(kConcept) && !system.empty() && !unknown) {
            const Node all = find(system, "CodeSystem");
            if (!all) return std::nullopt;
            if (!listed(all, kConcept, coded, system)) return false;
        }
        return unknown ? Answer() : Answer(true);
    }

    Machine& machine_;
    const Node from_;
};

}  // namespace

std::optional<bool> memberOf(Machine& machine, Node from, std::string_view url,
                             const Coded& coded) {
    return Terminology(machine, from).has(url, coded, 0);
}

}  // namespace fhirpath
