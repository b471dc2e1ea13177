/// Of a map from a sheet: things that stand several times.
#include <algorithm>

#include "map_writer.h"

namespace maps {

bool MapWriter::own(const Things& things, const Mapping& mapping) {
    return !mapping.path.constant() && beginsWith(mapping.path.steps, things.path);
}

const Mapping* MapWriter::id(const Things& things) const {
    return things.of(catalogue_.idOf(*things.kind));
}

std::string MapWriter::naming(const Things& things, const std::string& context) const {
    std::string text;
    for (const Mapping* const mapping : things.mappings)
        if (mapping->field && mapping->field->names && own(things, *mapping))
            text +=
                (text.empty() ? "" : " & '|' & ") + valueText(context, mapping->path, things.path);
    if (!text.empty()) return text;
    for (const Mapping* const mapping : things.mappings)
        if (own(things, *mapping))
            text +=
                (text.empty() ? "" : " & '|' & ") + valueText(context, mapping->path, things.path);
    return text;
}

std::string MapWriter::identity(const Things& things, const std::string& context) const {
    const Mapping* const mapping = id(things);
    return mapping ? valueText(context, mapping->path, things.path) : naming(things, context);
}

bool MapWriter::names(const Things& things, const Mapping& mapping) const {
    if (!mapping.path.joined.empty()) return true;
    const std::string between = " & '|' & ";
    return (between + identity(things, "") + between)
               .find(between + valueText("", mapping.path, things.path) + between) !=
           std::string::npos;
}

std::string MapWriter::exists(const Things& things, const std::string& context) const {
    const Mapping* const label = things.of(catalogue_.labelOf(*things.kind));
    if (label && own(things, *label)) return existsText(context, label->path, things.path);
    std::string text;
    for (const Mapping* const mapping : things.mappings)
        if (own(things, *mapping))
            text += (text.empty() ? "" : " or ") + existsText(context, mapping->path, things.path);
    return text.empty() ? "true" : text;
}

void MapWriter::each(const Things& things, const std::string& context, const Steps& at,
                     const std::string& rows) {
    const std::string name = things.kind->english;
    const Steps steps = below(things.path, at);
    line("");
    line("// " + (things.path.empty() ? name : toText(things.path)));
    std::string made, then;
    parts(things, made, then);
    if (!made.empty()) made = ", " + made;
    const std::string all = rows.empty() ? pathText(context, steps) : rows;
    int open = 1;
    if (things.grouped) {
        open += grouped(things, context, all, made);
    } else if (id(things) && own(things, *id(things))) {
        open += identified(things, context, steps, rows, made);
    } else {
        open += named(things, context, all, made);
    }
    if (!then.empty()) line(row(things) + " then " + then + " \"" + name + "\";");
    values(things, row(things));
    links(things);
    for (const Things* const inner : things.holds)
        if (!inner->kind->shared)
            each(*inner, row(things), things.path,
                 inner->path == things.path ? name + "_rows" : "");
    for (; open > 0; --open)
        line("} " + wide(open == 1 ? name : name + " " + std::to_string(open)) + ";");
}

int MapWriter::identified(const Things& things, const std::string& context, Steps steps,
                          const std::string& rows, const std::string& made) {
    const std::string r = row(things);
    std::string from = rows.empty() ? context : rows;
    if (!rows.empty()) steps.clear();
    const int open = enter(from, steps);
    const std::string own = valueText(r, id(things)->path, things.path);
    const std::string other = naming(things, r);
    const std::string called = own == other
                                   ? own
                                   : "iif(" + existsText(r, id(things)->path, things.path) + ", " +
                                         own + ", " + other + ")";
    const bool some = things.path.empty() || !rows.empty();
    line(sourceText(from, steps) + " as " + r +
         (some ? " where (" + exists(things, "") + ")" : "") + " -> (" + prefix(*things.kind) +
         called + ") as " + key(things) + made + " then {");
    return open;
}

int MapWriter::named(const Things& things, const std::string& context, const std::string& all,
                     const std::string& made) {
    const std::string r = row(things), name = things.kind->english;
    const std::string rows = name + "_all";
    const std::string around = things.inside ? key(*things.inside) : "no";
    std::string same =
        "%" + rows + ".where(" + naming(things, "") + " = " + naming(things, "%" + r) + ")";
    line(context + " -> (" + all + ".where(" + exists(things, "") + ").distinct()) as " + rows +
         " then {");
    line(rows + " as " + r + " -> (" + around + " & '/" + name + "/' & " + naming(things, r) +
         " & " + same + ".select(iif($this = %" + r + " and $index > 0, $index.toString(), ''))" +
         ".join('')) as " + name + "_name, uuid(" + name + "_name) as " + name + "_id, (" +
         prefix(*things.kind) + name + "_id) as " + key(things) + made + " then {");
    return 1;
}

int MapWriter::grouped(const Things& things, const std::string& context, const std::string& all,
                       const std::string& made) {
    const std::string r = row(things), name = things.kind->english;
    line(context + " -> (" + all + ".where(" + exists(things, "") + ").select(" +
         identity(things, "") + ").distinct()) as " + name + "_names then {");
    std::string called = "(" + prefix(*things.kind) + name + "_name) as " + key(things);
    if (!id(things)) {
        const std::string around =
            things.inside && !things.kind->shared ? key(*things.inside) : "no";
        called = "(" + around + " & '/" + name + "/' & " + name + "_name) as " + name +
                 "_text, uuid(" + name + "_text) as " + name + "_id, (" + prefix(*things.kind) +
                 name + "_id) as " + key(things);
    }
    line(name + "_names as " + name + "_name -> (" + all + ".where(" + identity(things, "") +
         " = %" + name + "_name)) as " + name + "_rows, (" + name + "_rows.first()) as " + r +
         ", " + called + made + " then {");
    return 1;
}

int MapWriter::enter(std::string& context, Steps& steps, const std::string& some) {
    int open = 0;
    for (;;) {
        const auto filter = std::find_if(steps.begin(), steps.end(),
                                         [](const Step& step) { return !step.filter.empty(); });
        if (filter == steps.end()) return open;
        const std::string variable = "some" + std::to_string(++entered_);
        const Steps front(steps.begin(), filter + 1);
        if (!some.empty())
            line(context + " -> (" + pathText(context, front) + ".where(" + some +
                 ").first()) as " + variable + " then {");
        else
            line(sourceText(context, front) + " as " + variable + " where (" + filterText(*filter) +
                 ") then {");
        steps.erase(steps.begin(), filter + 1);
        context = variable;
        ++open;
    }
}

void MapWriter::links(const Things& things) {
    for (const Field& field : catalogue_.fields()) {
        if (field.kind != things.kind->name || field.type != ValueType::reference ||
            things.of(&field))
            continue;
        for (const Things* around = things.inside; around; around = around->inside)
            if (around->kind->name == field.refersTo)
                line(row(things) + " then " + renamed(field.call, "key", key(*around)) + " " +
                     wide(field.name) + ";");
        for (const Things* const other : layout_.ofKind(field.refersTo))
            if (other->grouped && other->kind->shared && beginsWith(other->path, things.path))
                link(things, *other, field);
    }
}

void MapWriter::link(const Things& things, const Things& other, const Field& field) {
    std::string context = row(things);
    Steps steps = below(other.path, things.path);
    int open = enter(context, steps);
    const std::string called = identity(other, "linked");
    line(sourceText(context, steps) + " as linked where (" + exists(other, "") + ") -> " +
         (id(other) ? "(" + prefix(*other.kind) + called + ") as key"
                    : "(no & '/" + other.kind->english + "/' & " + called +
                          ") as name, uuid(name) as id, (" + prefix(*other.kind) + "id) as key") +
         " then " + field.call + " " + wide(field.name) + ";");
    for (; open > 0; --open) line("} " + wide(field.name + " " + std::to_string(open)) + ";");
}

}  // namespace maps
