/// Of a map from a sheet: values.
#include <algorithm>

#include "map_writer.h"

namespace maps {

void MapWriter::checks(const Things& things, const std::string& context) {
    for (const Mapping* const mapping : things.mappings) {
        if (mapping->field == nullptr || !mapping->field->needed || mapping->path.constant())
            continue;
        if (things.kind->many && !own(things, *mapping)) continue;
        const std::string place = mapping->row->source;
        rule(context + " check (" + existsText("", mapping->path, things.path) + ") log " +
                 wide("il manque " + mapping->field->name + " : renseigner " + place + " | " +
                      mapping->field->english + " is missing: fill in " + place) +
                 " " + wide("needs " + mapping->field->name) + ";",
             *mapping->row);
    }
}

void MapWriter::value(const Things& things, const Mapping& mapping, const std::string& row) {
    if (mapping.field && mapping.field->call.empty()) return;
    const bool inside = things.kind->many && own(things, mapping);
    std::string context = inside ? row : things.kind->many && mapping.path.constant() ? row : "src";
    Steps steps = inside ? below(mapping.path.steps, things.path) : mapping.path.steps;
    // Of what stands once, though every line of the export says it again.
    const bool single = !inside && mapping.field && !mapping.field->many;
    int open = enter(context, steps, single ? someAfterFilter(mapping) : "");
    std::string from = sourceText(context, steps);
    if (!inside && mapping.field && repeats(steps)) open += one(context, steps, mapping, from);
    if (inside && things.grouped && mapping.field && open == 0 && !names(things, mapping))
        tellOthers(context, pathText("%" + things.kind->english + "_rows", steps), mapping);
    const Rewrite& rewrite = mapping.rewrite;
    const bool joined = !mapping.path.joined.empty();
    const bool plain = !joined && rewrite.steps.empty() && rewrite.table.empty() &&
                       !rewrite.constant && rewrite.separator.empty();
    std::string targets;
    std::string text = valueText("x", {{}, mapping.path.joined, mapping.path.spaced}, {});
    from += plain ? " as v" : " as x";
    if (joined) from += " where (" + existsText("", {{}, mapping.path.joined, {}}, {}) + ")";
    from += conditions(mapping, text);
    if (!plain) {
        for (const Rewriting& step : rewrite.steps) text = filled(step.expression, text);
        if (rewrite.constant) text = literal(*rewrite.constant);
        if (!rewrite.separator.empty())
            text = text + ".split(" + literal(rewrite.separator) +
                   ").select(trim()).where($this != '')";
    }
    if (!rewrite.separator.empty()) {
        rule(from + " -> (" + text + ") as parts then {", *mapping.row);
        from = "parts as x";
        text = "x";
        ++open;
    }
    if (!rewrite.table.empty())
        targets = translated(mapping, joined || !rewrite.steps.empty() ? text : "x");
    else if (!plain)
        targets = "(" + text + ") as v";
    finish(mapping, from, targets);
    for (; open > 0; --open)
        line("} " + wide(mapping.row->target + " " + std::to_string(open)) + ";");
}

std::string MapWriter::someAfterFilter(const Mapping& mapping) {
    const auto filtered = [](const Step& step) { return !step.filter.empty(); };
    const Steps& steps = mapping.path.steps;
    if (std::count_if(steps.begin(), steps.end(), filtered) != 1) return {};
    const auto filter = std::find_if(steps.begin(), steps.end(), filtered);
    const Steps rest(filter + 1, steps.end());
    if (mapping.path.joined.empty()) return rest.empty() ? "" : pathText("", rest) + ".exists()";
    std::string all;  // of each part: none counts as lost
    for (const Steps& part : mapping.path.joined) {
        Steps whole = rest;
        whole.insert(whole.end(), part.begin(), part.end());
        all += (all.empty() ? "" : " | ") + pathText("", whole);
    }
    return "(" + all + ").exists()";
}

int MapWriter::one(const std::string& context, const Steps& steps, const Mapping& mapping,
                   std::string& from) {
    if (!mapping.path.joined.empty()) {
        if (!mapping.field->many) from += " first";
        return 0;
    }
    if (!mapping.field->many) {
        from += " first";
        tellOthers(context, pathText(context, steps), mapping);
        return 0;
    }
    from = "each" + std::to_string(++entered_);
    line(context + " -> (" + pathText(context, steps) + ".distinct()) as " + from + " then {");
    return 1;
}

void MapWriter::tellOthers(const std::string& context, const std::string& all,
                           const Mapping& mapping) {
    const std::string& place = mapping.row->source;
    line(context + " where (" + all + ".distinct().count() > 1) log " +
         wide("toutes les lignes ne disent pas la même chose, la première compte : voir " + place +
              " | not all lines say the same, the first counts: see " + place) +
         " " + wide("same " + mapping.field->name) + ";");
}

std::string MapWriter::conditions(const Mapping& mapping, std::string value) {
    std::string all;
    Reason expected;
    for (const Rewriting& step : mapping.rewrite.steps) {
        if (!step.condition.empty()) {
            all += (all.empty() ? "" : " and ") + filled(step.condition, value);
            if (expected.empty()) expected = step.expected;
        }
        value = filled(step.expression, value);
    }
    if (all.empty()) return {};
    const std::string& target = mapping.row->target;
    return " check (" + all + ") log " +
           wide(target + " : attendu " + expected.fr + " | " + target + ": expected " +
                expected.en);
}

bool MapWriter::wantsLabel(const Mapping& mapping) {
    return mapping.field && mapping.field->type == ValueType::label;
}

std::string MapWriter::translated(const Mapping& mapping, const std::string& value) {
    const std::string table = literal(mapping.rewrite.table);
    std::string targets;
    std::string from = value;
    if (value != "x") {
        targets = "(" + value + ") as y, ";
        from = "y";
    }
    targets += "translate(" + from + ", " + table + ", 'code') as v";
    if (wantsLabel(mapping))
        targets += ", translate(" + from + ", " + table +
                   ", 'display') as shown, (iif(shown.exists(), shown, v)) as label";
    return targets;
}

void MapWriter::finish(const Mapping& mapping, const std::string& from, std::string targets) {
    const auto add = [&](const std::string& target) {
        targets += (targets.empty() ? "" : ", ") + target;
    };
    if (wantsLabel(mapping) && mapping.rewrite.table.empty()) add("(v.toString()) as label");
    std::string then;
    if (mapping.field) {
        then = " then " + mapping.field->call;
        if (mapping.field->type == ValueType::reference)
            add("(" + prefix(*catalogue_.kind(mapping.field->refersTo)) + "v.toString()) as key");
    } else {
        std::string context = mapping.rawVariable;
        for (std::size_t i = 0; i + 1 < mapping.raw.size(); ++i) {
            const std::string next = "e" + std::to_string(i + 1);
            add(context + "." + fml::printedName(mapping.raw[i]) + " as " + next);
            context = next;
        }
        add(context + "." + fml::printedName(mapping.raw.back()) + " = v");
    }
    rule(from + (targets.empty() ? "" : " -> " + targets) + then + " " +
             wide(mapping.field ? mapping.field->name : mapping.row->target) + ";",
         *mapping.row);
}

}  // namespace maps
