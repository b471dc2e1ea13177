/// Of a map from a sheet: its head, what stands once, what is left out.
#include "map_writer.h"

#include <algorithm>

namespace maps {

std::string MapWriter::text() {
    header();
    line("// Made by `passerelle maps build` from " + file_ + ": change the sheet, not this file.");
    line("group Sheet(source src : Source, target bundle : Bundle) {");
    line("src -> bundle.type = 'collection' \"type\";");
    plan();
    line("}");
    leftOut();
    return out_;
}

std::string MapWriter::place(const SheetRow& row) const {
    return "// " + file_ + ":" + std::to_string(row.line);
}

void MapWriter::header() {
    const std::string name = sheet_.head.at("map");
    const std::string to = sheet_.headOr("to", "plan");
    line("/// url = " + literal("https://passerelle.example/fhir/StructureMap/" + name));
    line("/// name = " + literal(name));
    line("/// title = " + literal(sheet_.headOr("title", name)));
    line("uses " + literal("https://passerelle.example/fhir/StructureDefinition/" + name) +
         " alias Source as source");
    line("uses 'http://hl7.org/fhir/StructureDefinition/Bundle' alias Bundle as target");
    line("imports " + literal(catalogue_.library()));
    line("let system = " +
         literal(sheet_.headOr("system", "https://passerelle.example/networks/" + name)) + ";");
}

void MapWriter::plan() {
    const Things& plan = layout_.single(catalogue_.kinds().front());
    const Mapping& number = *plan.of(catalogue_.labelOf(*plan.kind));
    checks(plan, "src");
    const SourcePath& path = number.path;
    std::string from = "src", value = pathText("", {}) + ".toString()";
    if (!path.constant()) {
        from = sourceText("src", path.steps) + (repeats(path.steps) ? " first" : "");
        value = valueText("x", {{}, path.joined, path.spaced}, {});
    }
    for (const Rewriting& step : number.rewrite.steps) value = filled(step.expression, value);
    if (number.rewrite.constant) value = literal(*number.rewrite.constant);
    rule(from + " as x -> (" + value + ") as no then {", *number.row);
    singles();
    line("} \"number\";");
}

void MapWriter::singles() {
    std::string made, then;
    for (const auto& things : layout_.things())
        if (!things->kind->many) parts(*things, made, then);
    line("src -> " + made + " then {");
    line("no then " + then + " \"plan, patient, circle\";");
    for (const auto& things : layout_.things())
        if (!things->kind->many) values(*things, "src");
    for (const auto& things : layout_.things())
        if (things->kind->many && things->inside == nullptr) each(*things, "src", {}, "");
    line("} \"all\";");
}

void MapWriter::parts(const Things& things, std::string& made, std::string& then) {
    for (const KindPart& part : things.kind->parts) {
        if (!part.always) continue;
        made += (made.empty() ? "" : ", ") + part.made;
        then += (then.empty() ? "" : ", ") + part.then;
    }
}

bool MapWriter::fills(const Mapping& mapping, const KindPart& part) {
    return mapping.rawPart == &part ||
           (mapping.field && mentions(mapping.field->call, part.variable));
}

void MapWriter::values(const Things& things, const std::string& row) {
    if (!isPlan(things)) checks(things, row);
    std::vector<const Mapping*> left = things.mappings;
    for (const KindPart& part : things.kind->parts) {
        if (part.always) continue;
        std::vector<const Mapping*> own;
        for (const Mapping* const mapping : left)
            if (fills(*mapping, part)) own.push_back(mapping);
        if (own.empty()) continue;
        std::erase_if(left, [&](const Mapping* m) { return fills(*m, part); });
        line(row + someOf(things, own) + " -> " + part.made + " then {");
        line(row + " then " + part.then + " " + wide(part.variable) + ";");
        for (const Mapping* const mapping : own) value(things, *mapping, row);
        line("} " + wide(part.variable + " if any") + ";");
    }
    for (const Mapping* const mapping : left) value(things, *mapping, row);
}

std::string MapWriter::someOf(const Things& things, const std::vector<const Mapping*>& mappings) {
    std::string any;
    for (const Mapping* const mapping : mappings) {
        if (mapping->path.constant()) continue;
        const bool inside = things.kind->many && own(things, *mapping);
        any +=
            (any.empty() ? "" : " or ") + existsText(inside || !things.kind->many ? "" : "%src",
                                                     mapping->path, inside ? things.path : Steps{});
    }
    return any.empty() ? any : " where (" + any + ")";
}

void MapWriter::leftOut() {
    if (layout_.ignored().empty()) return;
    line("");
    line("// Left out on purpose.");
    out_.erase(out_.find_last_of('}'));
    for (const Left& left : layout_.ignored()) {
        line(place(*left.row));
        line(sourceText("src", left.path.steps) + "; // @ignore " + oneLine(left.row->ignored));
    }
    line("}");
}

std::string MapWriter::oneLine(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace maps
