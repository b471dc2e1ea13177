#include "map_text.h"

#include <algorithm>
#include <filesystem>

#include "fml_comments.h"
#include "fml_library.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "source_text.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Reason;

/// `text` with the parameter `from` of its calls named `to`.
std::string renamed(std::string_view text, std::string_view from, const std::string& to) {
    const auto inName = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool whole = text.substr(at).starts_with(from) &&
                           (at == 0 || !inName(text[at - 1])) &&
                           (at + from.size() == text.size() || !inName(text[at + from.size()]));
        out += whole ? to : std::string(1, text[at]);
        at += whole ? from.size() : 1;
    }
    return out;
}

bool mentions(std::string_view text, std::string_view word) {
    return renamed(text, word, "") != text;
}

/// A text of FML in double quotes.
std::string wide(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

class Writer {
public:
    Writer(const Sheet& sheet, const Catalogue& catalogue, const Layout& layout)
        : sheet_(sheet),
          catalogue_(catalogue),
          layout_(layout),
          file_(std::filesystem::path(sheet.file).filename().string()) {}

    std::string text() {
        header();
        line("// Made by `passerelle maps build` from " + file_ +
             ": change the sheet, not this file.");
        line("group Sheet(source src : Source, target bundle : Bundle) {");
        line("src -> bundle.type = 'collection' \"type\";");
        plan();
        line("}");
        leftOut();
        return out_;
    }

private:
    void line(const std::string& text) { out_ += text + "\n"; }

    /// A rule that a row of the sheet asked for.
    void rule(const std::string& text, const SheetRow& row) { line(text + "  " + place(row)); }

    std::string place(const SheetRow& row) const {
        return "// " + file_ + ":" + std::to_string(row.line);
    }

    void header() {
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

    // ---- the plan and what stands once

    void plan() {
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

    void singles() {
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

    bool isPlan(const Things& things) const { return things.kind == &catalogue_.kinds().front(); }

    /// The targets and calls of the parts that are always there.
    static void parts(const Things& things, std::string& made, std::string& then) {
        for (const KindPart& part : things.kind->parts) {
            if (!part.always) continue;
            made += (made.empty() ? "" : ", ") + part.made;
            then += (then.empty() ? "" : ", ") + part.then;
        }
    }

    static bool fills(const Mapping& mapping, const KindPart& part) {
        return mapping.rawPart == &part ||
               (mapping.field && mentions(mapping.field->call, part.variable));
    }

    /// The rules of all rows; a part that need not be there is made where one of its rows has
    /// something.
    void values(const Things& things, const std::string& row) {
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

    /// ` where` one of the rows has something.
    static std::string someOf(const Things& things, const std::vector<const Mapping*>& mappings) {
        std::string any;
        for (const Mapping* const mapping : mappings) {
            if (mapping->path.constant()) continue;
            const bool inside = things.kind->many && own(things, *mapping);
            any += (any.empty() ? "" : " or ") +
                   existsText(inside || !things.kind->many ? "" : "%src", mapping->path,
                              inside ? things.path : Steps{});
        }
        return any.empty() ? any : " where (" + any + ")";
    }

    // ---- things that stand several times

    static std::string row(const Things& things) { return things.kind->english + "_row"; }
    static std::string key(const Things& things) { return things.kind->english + "_key"; }
    static std::string prefix(const Kind& kind) { return "no & '/" + kind.english + "/' & "; }

    /// Whether that mapping reads something of the thing's own.
    static bool own(const Things& things, const Mapping& mapping) {
        return !mapping.path.constant() && beginsWith(mapping.path.steps, things.path);
    }

    const Mapping* id(const Things& things) const {
        return things.of(catalogue_.idOf(*things.kind));
    }

    /// By what things without an id are told apart, as text.
    std::string naming(const Things& things, const std::string& context) const {
        std::string text;
        for (const Mapping* const mapping : things.mappings)
            if (mapping->field && mapping->field->names && own(things, *mapping))
                text += (text.empty() ? "" : " & '|' & ") +
                        valueText(context, mapping->path, things.path);
        if (!text.empty()) return text;
        for (const Mapping* const mapping : things.mappings)
            if (own(things, *mapping))
                text += (text.empty() ? "" : " & '|' & ") +
                        valueText(context, mapping->path, things.path);
        return text;
    }

    std::string identity(const Things& things, const std::string& context) const {
        const Mapping* const mapping = id(things);
        return mapping ? valueText(context, mapping->path, things.path) : naming(things, context);
    }

    /// Whether the value is one by which lines are told to be of one thing, so that it cannot
    /// differ, or is put together.
    bool names(const Things& things, const Mapping& mapping) const {
        if (!mapping.path.joined.empty()) return true;
        const std::string between = " & '|' & ";
        return (between + identity(things, "") + between)
                   .find(between + valueText("", mapping.path, things.path) + between) !=
               std::string::npos;
    }

    std::string exists(const Things& things, const std::string& context) const {
        const Mapping* const label = things.of(catalogue_.labelOf(*things.kind));
        if (label && own(things, *label)) return existsText(context, label->path, things.path);
        std::string text;
        for (const Mapping* const mapping : things.mappings)
            if (own(things, *mapping))
                text +=
                    (text.empty() ? "" : " or ") + existsText(context, mapping->path, things.path);
        return text.empty() ? "true" : text;
    }

    /// @param rows  a variable that holds the lines of the source to look in; empty: from `context`
    void each(const Things& things, const std::string& context, const Steps& at,
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

    /// Things with an id of their own; who lacks it is called by name. @return the blocks opened
    /// beside the last
    int identified(const Things& things, const std::string& context, Steps steps,
                   const std::string& rows, const std::string& made) {
        const std::string r = row(things);
        std::string from = rows.empty() ? context : rows;
        if (!rows.empty()) steps.clear();
        const int open = enter(from, steps);
        const std::string own = valueText(r, id(things)->path, things.path);
        const std::string other = naming(things, r);
        const std::string called = own == other
                                       ? own
                                       : "iif(" + existsText(r, id(things)->path, things.path) +
                                             ", " + own + ", " + other + ")";
        const bool some = things.path.empty() || !rows.empty();
        line(sourceText(from, steps) + " as " + r +
             (some ? " where (" + exists(things, "") + ")" : "") + " -> (" + prefix(*things.kind) +
             called + ") as " + key(things) + made + " then {");
        return open;
    }

    /// Things without an id: called by what they say, those that say the same by their rank.
    int named(const Things& things, const std::string& context, const std::string& all,
              const std::string& made) {
        const std::string r = row(things), name = things.kind->english;
        const std::string rows = name + "_all";
        const std::string around = things.inside ? key(*things.inside) : "no";
        std::string same =
            "%" + rows + ".where(" + naming(things, "") + " = " + naming(things, "%" + r) + ")";
        line(context + " -> (" + all + ".where(" + exists(things, "") + ").distinct()) as " + rows +
             " then {");
        line(rows + " as " + r + " -> (" + around + " & '/" + name + "/' & " + naming(things, r) +
             " & " + same + ".select(iif($this = %" + r +
             " and $index > 0, $index.toString(), ''))" + ".join('')) as " + name + "_name, uuid(" +
             name + "_name) as " + name + "_id, (" + prefix(*things.kind) + name + "_id) as " +
             key(things) + made + " then {");
        return 1;
    }

    /// Things that come again in several lines of the source: each is made once.
    int grouped(const Things& things, const std::string& context, const std::string& all,
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

    /// Opens a block for each step with a filter; `context` and `steps` are then what is left.
    /// @param some  not empty: the first that passes and of which this holds is enough
    int enter(std::string& context, Steps& steps, const std::string& some = {}) {
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
                line(sourceText(context, front) + " as " + variable + " where (" +
                     filterText(*filter) + ") then {");
            steps.erase(steps.begin(), filter + 1);
            context = variable;
            ++open;
        }
    }

    /// What lies in something refers to it; so does what holds a thing that is made elsewhere.
    void links(const Things& things) {
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

    void link(const Things& things, const Things& other, const Field& field) {
        std::string context = row(things);
        Steps steps = below(other.path, things.path);
        int open = enter(context, steps);
        const std::string called = identity(other, "linked");
        line(sourceText(context, steps) + " as linked where (" + exists(other, "") + ") -> " +
             (id(other)
                  ? "(" + prefix(*other.kind) + called + ") as key"
                  : "(no & '/" + other.kind->english + "/' & " + called +
                        ") as name, uuid(name) as id, (" + prefix(*other.kind) + "id) as key") +
             " then " + field.call + " " + wide(field.name) + ";");
        for (; open > 0; --open) line("} " + wide(field.name + " " + std::to_string(open)) + ";");
    }

    // ---- values

    /// What must be there, told in both languages with its place in the source.
    void checks(const Things& things, const std::string& context) {
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

    void value(const Things& things, const Mapping& mapping, const std::string& row) {
        if (mapping.field && mapping.field->call.empty()) return;
        const bool inside = things.kind->many && own(things, mapping);
        std::string context = inside                                         ? row
                              : things.kind->many && mapping.path.constant() ? row
                                                                             : "src";
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

    /// Whether there is a value below the one step that has a filter; empty when there is no such
    /// step.
    static std::string someAfterFilter(const Mapping& mapping) {
        const auto filtered = [](const Step& step) { return !step.filter.empty(); };
        const Steps& steps = mapping.path.steps;
        if (std::count_if(steps.begin(), steps.end(), filtered) != 1) return {};
        const auto filter = std::find_if(steps.begin(), steps.end(), filtered);
        const Steps rest(filter + 1, steps.end());
        if (mapping.path.joined.empty())
            return rest.empty() ? "" : pathText("", rest) + ".exists()";
        std::string all;  // of each part: none counts as lost
        for (const Steps& part : mapping.path.joined) {
            Steps whole = rest;
            whole.insert(whole.end(), part.begin(), part.end());
            all += (all.empty() ? "" : " | ") + pathText("", whole);
        }
        return "(" + all + ").exists()";
    }

    /// Equal values of many lines are one; where one is wanted and they differ, that is told.
    int one(const std::string& context, const Steps& steps, const Mapping& mapping,
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

    void tellOthers(const std::string& context, const std::string& all, const Mapping& mapping) {
        const std::string& place = mapping.row->source;
        line(context + " where (" + all + ".distinct().count() > 1) log " +
             wide("toutes les lignes ne disent pas la même chose, la première compte : voir " +
                  place + " | not all lines say the same, the first counts: see " + place) +
             " " + wide("same " + mapping.field->name) + ";");
    }

    /// What the rewriting wants of the value, said to people when it does not hold.
    static std::string conditions(const Mapping& mapping, std::string value) {
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

    static bool wantsLabel(const Mapping& mapping) {
        return mapping.field && mapping.field->type == ValueType::label;
    }

    static std::string translated(const Mapping& mapping, const std::string& value) {
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

    void finish(const Mapping& mapping, const std::string& from, std::string targets) {
        const auto add = [&](const std::string& target) {
            targets += (targets.empty() ? "" : ", ") + target;
        };
        if (wantsLabel(mapping) && mapping.rewrite.table.empty()) add("(v.toString()) as label");
        std::string then;
        if (mapping.field) {
            then = " then " + mapping.field->call;
            if (mapping.field->type == ValueType::reference)
                add("(" + prefix(*catalogue_.kind(mapping.field->refersTo)) +
                    "v.toString()) as key");
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

    // ---- what the sheet leaves out

    void leftOut() {
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

    static std::string oneLine(std::string text) {
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }

    const Sheet& sheet_;
    const Catalogue& catalogue_;
    const Layout& layout_;
    const std::string file_;
    std::string out_;
    int entered_ = 0;
};

}  // namespace

namespace {

void callsOf(const std::vector<fml::RuleSyntax>& rules, std::vector<std::string>& names) {
    for (const fml::RuleSyntax& rule : rules) {
        for (const fml::CallSyntax& call : rule.calls)
            if (std::find(names.begin(), names.end(), call.name.text) == names.end())
                names.push_back(call.name.text);
        callsOf(rule.rules, names);
    }
}

/// Takes in the groups of the library that the map calls, and those that they call.
void takeIn(const Catalogue& catalogue, fml::MapSyntax& map) {
    gateway::Findings findings;
    const fml::SourceText source(catalogue.libraryFile(),
                                 fml::readFile(catalogue.libraryFile()).value_or(""));
    fml::MapSyntax library = fml::parse(source, findings);
    fml::readComments(source, library);
    std::vector<std::string> called;
    callsOf(map.groups.front().rules, called);
    for (std::size_t i = 0; i < called.size(); ++i)
        for (const fml::GroupSyntax& group : library.groups)
            if (group.name.text == called[i]) callsOf(group.rules, called);
    for (fml::GroupSyntax& group : library.groups)
        if (std::find(called.begin(), called.end(), group.name.text) != called.end())
            map.groups.push_back(std::move(group));
    map.imports.clear();
}

}  // namespace

std::string mapText(const Sheet& sheet, const Catalogue& catalogue, const Layout& layout,
                    bool alone) {
    const std::string text = Writer(sheet, catalogue, layout).text();
    gateway::Findings findings;
    const fml::SourceText source(sheet.file, text);
    fml::MapSyntax map = fml::parse(source, findings);
    if (findings.failed())
        throw gateway::Error(gateway::Fault::internal, findings.all().front().where.text(),
                             findings.all().front().text + "\n" + text);
    fml::readComments(source, map);
    if (alone) takeIn(catalogue, map);
    return fml::print(map);
}

int sheetLineOf(const std::string& map, int line) {
    std::size_t end = 0;
    for (int i = 0; i < line && end != std::string::npos; ++i)
        end = map.find('\n', end ? end + 1 : 0);
    // The last comment with a line of a sheet, before the rule.
    const std::size_t comment = map.rfind(".csv:", end);
    return comment == std::string::npos ? 0 : std::atoi(map.c_str() + comment + 5);
}

}  // namespace maps
