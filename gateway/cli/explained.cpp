#include "cli/explained.h"

#include <algorithm>
#include <ostream>
#include <unordered_map>
#include <unordered_set>

#include "cli/shown_path.h"

namespace gateway {
namespace {

using Made = Explanation::Made;
using Ids = std::unordered_set<const detail::NodeData*>;

/// A value of the result with all that it was made from.
struct Traced {
    Node target;
    std::vector<const Made*> made;
};

void collect(Node node, const std::unordered_multimap<const detail::NodeData*, const Made*>& by,
             std::vector<Traced>& all) {
    if (const auto [begin, end] = by.equal_range(node.data()); begin != end) {
        Traced& traced = all.emplace_back(Traced{node, {}});
        for (auto at = begin; at != end; ++at) traced.made.push_back(at->second);
        std::sort(traced.made.begin(), traced.made.end());  // as the map gave them
    }
    for (const Node child : node.children()) collect(child, by, all);
}

/// In order of the result.
std::vector<Traced> traced(Node result, const Explanation& explanation) {
    std::unordered_multimap<const detail::NodeData*, const Made*> by;
    by.reserve(explanation.made.size());
    for (const Made& made : explanation.made) by.emplace(made.target.data(), &made);
    std::vector<Traced> all;
    collect(result, by, all);
    return all;
}

const MapPart* partOf(std::uint32_t index, const std::vector<MapPart>& parts) {
    return index < parts.size() ? &parts[index] : nullptr;
}

Reason placed(const MapPart& part) {
    const std::string place = shownPlace(part.where);
    if (part.kind == MapPart::Kind::row)
        return say("{0} of table {1}", "{0} de la table {1}", {place, part.name});
    return part.name.empty() ? Reason(place) : Reason(place + " " + part.name);
}

std::string sourcesOf(const Traced& value) {
    std::string text;
    for (const Made* const made : value.made)
        if (made->source) text += (text.empty() ? "" : ", ") + made->source.path();
    return text;
}

Reason lineOf(const Traced& value, const std::vector<MapPart>& parts) {
    const Made& first = *value.made.front();
    const std::string sources = sourcesOf(value);
    Reason line = sources.empty() ? say("{0} <- constant, at {1}", "{0} <- constante, à {1}",
                                        {value.target.path(), first.at.path()})
                                  : Reason(value.target.path() + " <- " + sources);
    if (const MapPart* const rule = partOf(first.rule, parts))
        line = say("{0}; rule {1}", "{0} ; règle {1}", {line, placed(*rule)});
    if (const MapPart* const row = partOf(first.row, parts))
        line = say("{0}; row {1}", "{0} ; ligne {1}", {line, placed(*row)});
    return line;
}

void walk(Node node, const Explanation::Ignored* ignored, const Codec& codec, const Ids& carried,
          const std::unordered_map<const detail::NodeData*, const Explanation::Ignored*>& reasons,
          Losses& losses) {
    if (const auto known = reasons.find(node.data()); known != reasons.end())
        ignored = known->second;
    if (!node.isNull() && node.text().find_first_not_of(" \t\r\n") != std::string_view::npos &&
        !codec.structural(node)) {
        if (carried.contains(node.data()))
            ++losses.carried;
        else if (ignored != nullptr)
            losses.ignored.push_back({node, ignored});
        else
            losses.lost.push_back(node);
    }
    for (const Node child : node.children()) walk(child, ignored, codec, carried, reasons, losses);
}

void writePart(JsonWriter& json, std::string_view name, const MapPart* part) {
    if (part == nullptr) return;
    json.name(name).beginObject();
    json.field(part->kind == MapPart::Kind::row ? "table" : "name", part->name);
    json.field("file", shownPath(part->where.file));
    json.field("line", static_cast<std::uint64_t>(part->where.line));
    json.field("column", static_cast<std::uint64_t>(part->where.column));
    json.endObject();
}

}  // namespace

Losses lossesOf(Node source, const Explanation& explanation, const Codec& codec) {
    Ids carried;
    for (const Node node : explanation.carried) carried.insert(node.data());
    std::unordered_map<const detail::NodeData*, const Explanation::Ignored*> reasons;
    for (const Explanation::Ignored& one : explanation.ignored)
        reasons.try_emplace(one.source.data(), &one);
    Losses losses;
    walk(source, nullptr, codec, carried, reasons, losses);
    return losses;
}

void printTrace(std::ostream& out, Node result, const Explanation& explanation,
                const std::vector<MapPart>& parts, Spoken speaks) {
    for (const Traced& value : traced(result, explanation))
        out << "trace: " << lineOf(value, parts).in(speaks) << '\n';
}

void printLosses(std::ostream& out, const Losses& losses, const std::vector<MapPart>& parts,
                 Spoken speaks) {
    for (const Node node : losses.lost)
        out << say("lost: {0}", "perdu : {0}", {node.path()}).in(speaks) << '\n';
    for (const Losses::Ignored& one : losses.ignored) {
        const MapPart* const part = partOf(one.why->rule, parts);
        out << say("ignored: {0}: {1}  [{2}]", "ignoré : {0} : {1}  [{2}]",
                   {one.node.path(), one.why->reason, part ? placed(*part) : Reason("")})
                   .in(speaks)
            << '\n';
    }
    out << say("{0} values: {1} carried, {2} ignored on purpose, {3} lost",
               "{0} valeurs : {1} transportées, {2} ignorées à dessein, {3} perdues",
               {std::to_string(losses.values()), std::to_string(losses.carried),
                std::to_string(losses.ignored.size()), std::to_string(losses.lost.size())})
               .in(speaks)
        << '\n';
}

void writeTrace(JsonWriter& json, Node result, const Explanation& explanation,
                const std::vector<MapPart>& parts) {
    json.name("trace").beginArray();
    for (const Traced& value : traced(result, explanation)) {
        json.beginObject().field("target", value.target.path()).name("sources").beginArray();
        for (const Made* const made : value.made)
            if (made->source) json.text(made->source.path());
        json.endArray().field("at", value.made.front()->at.path());
        writePart(json, "rule", partOf(value.made.front()->rule, parts));
        writePart(json, "row", partOf(value.made.front()->row, parts));
        json.endObject();
    }
    json.endArray();
}

void writeLosses(JsonWriter& json, const Losses& losses, const std::vector<MapPart>& parts,
                 Spoken speaks) {
    json.name("losses").beginArray();
    for (const Node node : losses.lost) json.beginObject().field("where", node.path()).endObject();
    json.endArray().name("ignored").beginArray();
    for (const Losses::Ignored& one : losses.ignored) {
        json.beginObject().field("where", one.node.path());
        json.field("reason", one.why->reason.in(speaks));
        const MapPart* const part = partOf(one.why->rule, parts);
        writePart(json, part && part->kind == MapPart::Kind::row ? "row" : "rule", part);
        json.endObject();
    }
    json.endArray().field("values", losses.values()).field("carried", losses.carried);
}

}  // namespace gateway
