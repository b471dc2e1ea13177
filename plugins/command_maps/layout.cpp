#include "layout.h"

#include <algorithm>

#include "gateway/config.h"
#include "shapes.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Error;
using gateway::Findings;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;

/// A field's name in each language.
Reason nameOf(const Field& field) { return {field.english, field.name}; }
Reason nameOf(const Kind& kind) { return {kind.english, kind.name}; }

/// What a value lies in: the innermost repeated thing, else the object around it.
Steps around(const SourcePath& path) {
    Steps steps = path.steps;
    if (!path.joined.empty() && !repeats(steps)) return steps;
    while (!steps.empty() && !steps.back().repeated) steps.pop_back();
    if (!steps.empty()) return steps;
    steps = path.steps;
    if (!steps.empty() && path.joined.empty()) steps.pop_back();
    return steps;
}

/// Whether both lead to one field, whatever filters stand on the way.
bool sameNames(const Steps& one, const Steps& other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](const Step& a, const Step& b) { return a.name == b.name; });
}

Reason formatOf(const std::string& sample) {
    const Reason format = {dateFormat(sample, Spoken::english), dateFormat(sample, Spoken::french)};
    return format.empty() ? Reason{"DD/MM/YYYY", "JJ/MM/AAAA"} : format;
}

}  // namespace

const Mapping* Things::of(const Field* field) const {
    const auto found = std::find_if(mappings.begin(), mappings.end(),
                                    [&](const Mapping* m) { return m->field == field; });
    return field == nullptr || found == mappings.end() ? nullptr : *found;
}

Layout::Layout(const Sheet& sheet, const Catalogue& catalogue, Findings& findings)
    : sheet_(sheet), catalogue_(catalogue), findings_(findings) {
    for (const SheetRow& row : sheet.rows) try {
            read(row);
        } catch (const Error& error) {
            fail(row, error.reason());
        }
    joinedElsewhere();
    if (findings.failed()) return;
    for (const Kind& kind : catalogue.kinds()) group(kind);
    nest();
    needed();
}

void Layout::fail(const SheetRow& row, const Reason& reason) {
    findings_.error({sheet_.file, row.line, 0}, reason);
}

void Layout::read(const SheetRow& row) {
    auto mapping = std::make_unique<Mapping>();
    mapping->row = &row;
    mapping->path = parseSourcePath(row.source);
    if (row.target.empty()) {
        if (row.source.empty()) return;
        (row.ignored.empty() ? unmapped_ : ignored_).push_back({&row, mapping->path});
        return;
    }
    if (!row.ignored.empty())
        return fail(row, {"found a target and a reason to ignore the field, expected one of them",
                          "trouvé une cible et une raison d'ignorer le champ ; il faut l'une ou "
                          "l'autre"});
    mapping->rewrite = parseRewrite(row.table);
    if (!target(row, *mapping)) return;
    check(*mapping);
    mappings_.push_back(std::move(mapping));
}

/// "intervenant(kiné).nom" is field "intervenant.nom" of those labelled "kiné".
bool Layout::target(const SheetRow& row, Mapping& mapping) {
    std::string name = row.target;
    const auto open = name.find('('), close = name.find(')');
    if (open != name.npos && close != name.npos && open < close) {
        mapping.label = name.substr(open + 1, close - open - 1);
        name.erase(open, close - open + 1);
    }
    mapping.field = catalogue_.field(name);
    if (mapping.field) {
        mapping.kind = catalogue_.kind(mapping.field->kind);
        return true;
    }
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') return rawTarget(row, mapping);
    const Reason near = {catalogue_.nearestField(name, Spoken::english),
                         catalogue_.nearestField(name, Spoken::french)};
    fail(row, near.empty()
                  ? say("found target '{0}', expected a field that 'passerelle maps fields' lists",
                        "trouvé la cible « {0} », attendu un champ de la liste que donne "
                        "« passerelle maps fields »",
                        {row.target})
                  : say("found target '{0}', expected a field that 'passerelle maps fields' "
                        "lists; did you mean '{1}'?",
                        "trouvé la cible « {0} », attendu un champ de la liste que donne "
                        "« passerelle maps fields » ; vouliez-vous dire « {1} » ?",
                        {row.target, near}));
    return false;
}

/// A FHIR path: the resource that a kind makes, then elements of it.
bool Layout::rawTarget(const SheetRow& row, Mapping& mapping) {
    mapping.raw = split(row.target, '.');
    const std::string type = mapping.raw.front();
    mapping.raw.erase(mapping.raw.begin());
    const std::string creates = "create('" + type + "') as ";
    for (const Kind& kind : catalogue_.kinds())
        for (const KindPart& part : kind.parts) {
            const auto at = part.made.find(creates);
            if (mapping.kind || at == part.made.npos) continue;
            mapping.kind = &kind;
            mapping.rawPart = &part;
            const std::string rest = part.made.substr(at + creates.size());
            mapping.rawVariable = rest.substr(0, rest.find(','));
        }
    if (mapping.kind && !mapping.raw.empty()) return true;
    fail(row, say("found target '{0}', expected a field that 'passerelle maps fields' lists, or a "
                  "resource of the plan with an element, as Patient.maritalStatus.text",
                  "trouvé la cible « {0} », attendu un champ de la liste que donne « passerelle "
                  "maps fields », ou une ressource du plan et un élément, comme "
                  "Patient.maritalStatus.text",
                  {row.target}));
    return false;
}

/// Whether the value can be what the field wants, as far as the sheet says.
void Layout::check(const Mapping& mapping) {
    const SheetRow& row = *mapping.row;
    const Rewrite& rewrite = mapping.rewrite;
    if (mapping.path.constant() && !rewrite.constant)
        return fail(row, {"found neither a source nor a constant, expected a source path, or "
                          "const:VALUE in column 'table'",
                          "trouvé ni source ni constante, attendu un chemin dans la source, ou "
                          "const:VALEUR dans la colonne « table »"});
    // A spreadsheet may have changed the sample, so this is no error.
    if (!rewrite.steps.empty() && rewrite.steps.front().takes && rewrite.separator.empty() &&
        !row.sample.empty() && !rewrite.constant && mapping.path.joined.empty() &&
        !rewrite.steps.front().takes(row.sample))
        findings_.warning(
            {sheet_.file, row.line, 0},
            say("the sample is not what column 'table' says: {0}; such a value will hold the "
                "message",
                "l'exemple n'est pas ce que dit la colonne « table » : {0} ; une telle valeur "
                "retiendra le message",
                {rewrite.steps.front().expected}));
    if (mapping.field == nullptr) return;
    const Field& field = *mapping.field;
    const std::string value = rewrite.constant.value_or(row.sample);
    if (field.type == ValueType::date && !rewrite.date && rewrite.steps.empty() && !value.empty() &&
        !isIsoDate(value))
        fail(row, say("the sample is no date as FHIR has it (2026-01-31): put 'date {0}', as it is "
                      "written, into column 'table'",
                      "l'exemple n'est pas une date comme FHIR l'écrit (2026-01-31) : mettre "
                      "« date {0} », selon son écriture, dans la colonne « table »",
                      {formatOf(value)}));
    if (field.type == ValueType::instant && !value.empty() && !isIsoInstant(value) &&
        !(rewrite.time && rewrite.zone))
        fail(row, say("field '{0}' wants a time with its zone: put for example 'date DD/MM/YYYY "
                      "HH:MM +01:00' into column 'table'",
                      "le champ « {0} » veut une heure avec son fuseau : mettre par exemple « date "
                      "JJ/MM/AAAA HH:MM +01:00 » dans la colonne « table »",
                      {nameOf(field)}));
    if (field.type == ValueType::code && rewrite.table.empty() && !rewrite.asIs) {
        std::string all;
        bool good = false;
        for (const TargetCode* const code : catalogue_.codes(field.codes)) {
            all += (all.empty() ? "" : ", ") + code->code;
            good = good || code->code == value;
        }
        if (rewrite.constant && !good)
            fail(row, say("field '{0}' takes one of {1}",
                          "le champ « {0} » prend un code parmi {1}", {nameOf(field), all}));
        else if (!rewrite.constant)
            fail(row, say("field '{0}' takes one of {1}: put the name of a code table into column "
                          "'table', or 'as is' where the source has these codes",
                          "le champ « {0} » prend un code parmi {1} : mettre le nom d'une table de "
                          "codes dans la colonne « table », ou « tel quel » si la source a déjà "
                          "ces codes",
                          {nameOf(field), all}));
    }
    if (field.type == ValueType::boolean && rewrite.empty() && rewrite.table.empty() &&
        !value.empty() && value != "true" && value != "false")
        fail(row, say("field '{0}' takes true or false: put 'yes/no' into column 'table'",
                      "le champ « {0} » prend vrai ou faux : mettre « oui/non » dans la colonne "
                      "« table »",
                      {nameOf(field)}));
    if ((field.type == ValueType::decimal || field.type == ValueType::integer) &&
        rewrite.steps.empty() && value.find(',') != value.npos)
        fail(row, {"the sample is a number with a comma: put 'comma' into column 'table'",
                   "l'exemple est un nombre à virgule : mettre « virgule » dans la colonne "
                   "« table »"});
}

/// What a joined source takes along is mapped by that row.
void Layout::joinedElsewhere() {
    std::erase_if(unmapped_, [&](const Left& left) {
        return std::any_of(mappings_.begin(), mappings_.end(), [&](const auto& mapping) {
            for (Steps whole : mapping->path.joined) {
                whole.insert(whole.begin(), mapping->path.steps.begin(), mapping->path.steps.end());
                if (sameNames(whole, left.path.steps)) return true;
            }
            return mapping->path.joined.empty() && sameNames(mapping->path.steps, left.path.steps);
        });
    });
}

void Layout::group(const Kind& kind) {
    const auto is = [&](const auto& m) { return m->kind == &kind; };
    const bool any = std::any_of(mappings_.begin(), mappings_.end(), is);
    if (!kind.many) {
        if (!any && (kind.parts.empty() || !kind.parts.front().always)) return;
        things_.push_back(std::make_unique<Things>());
        things_.back()->kind = &kind;
        for (const auto& mapping : mappings_)
            if (is(mapping)) things_.back()->mappings.push_back(mapping.get());
        return;
    }
    if (!any) return;
    // What names the things says where they stand; else any of their fields does.
    const Field* const label = catalogue_.labelOf(kind);
    const auto names = [&](const auto& m) {
        return is(m) && !m->path.constant() && (label == nullptr || m->field == label);
    };
    for (const auto& mapping : mappings_) {
        if (!names(mapping)) continue;
        const Steps path = around(mapping->path);
        const bool known = std::any_of(things_.begin(), things_.end(), [&](const auto& things) {
            return things->kind == &kind && things->label == mapping->label && things->path == path;
        });
        if (known) continue;
        things_.push_back(std::make_unique<Things>());
        things_.back()->kind = &kind;
        things_.back()->label = mapping->label;
        things_.back()->path = path;
    }
    for (const auto& mapping : mappings_)
        if (is(mapping)) place(kind, *mapping);
}

/// Gives the row to the things around it, or, when it stands outside of any list, to all.
void Layout::place(const Kind& kind, const Mapping& mapping) {
    Things* inner = nullptr;
    std::vector<Things*> all;
    for (const auto& things : things_) {
        if (things->kind != &kind) continue;
        if (things->label == mapping.label || mapping.label.empty()) all.push_back(things.get());
        if (things->label == mapping.label && beginsWith(mapping.path.steps, things->path) &&
            (inner == nullptr || inner->path.size() < things->path.size()))
            inner = things.get();
    }
    if (inner && !mapping.path.constant() &&
        (repeats(mapping.path.steps) || all.size() == 1 || !inner->path.empty()))
        all = {inner};
    else if (repeats(mapping.path.steps) || all.empty()) {
        const Field* const label = catalogue_.labelOf(kind);
        return fail(*mapping.row,
                    all.empty() && label
                        ? say("found a field of '{0}' without a row for '{1}', expected one: it "
                              "says where they stand",
                              "trouvé un champ de « {0} » sans ligne pour « {1} » ; il en faut "
                              "une : elle dit où ils se trouvent",
                              {nameOf(kind), nameOf(*label)})
                        : say("found a source outside of where '{0}' stands, expected one inside: "
                              "{1}",
                              "trouvé une source en dehors de « {0} », attendu à l'intérieur : {1}",
                              {nameOf(kind), toText(all.empty() ? Steps{} : all.front()->path)}));
    }
    for (Things* const things : all) {
        const Mapping* const other = things->of(mapping.field);
        if (other && !mapping.field->many)
            return fail(*mapping.row,
                        say("found '{0}' a second time (line {1}), expected once; of several, name "
                            "which: {2}",
                            "trouvé « {0} » une seconde fois (ligne {1}), attendu une seule ; s'il "
                            "y en a plusieurs, dire lequel : {2}",
                            {nameOf(*mapping.field), std::to_string(other->row->line),
                             Reason(kind.english + "(2)…", kind.name + "(2)…")}));
        things->mappings.push_back(&mapping);
    }
}

/// What lies in what: by the path, of the kinds that may.
void Layout::nest() {
    for (const auto& things : things_) {
        Things* best = nullptr;
        for (const auto& other : things_) {
            const auto& under = things->kind->under;
            if (std::find(under.begin(), under.end(), other->kind->name) == under.end()) continue;
            if (other->label != things->label || !beginsWith(things->path, other->path)) continue;
            // Of two in one place, the later kind is the inner one.
            if (best == nullptr || other->path.size() >= best->path.size()) best = other.get();
        }
        things->inside = best;
        if (best) best->holds.push_back(things.get());
        if (best && best->path == things->path) best->grouped = true;
    }
    // What may be the same in several places is made once, outside of them.
    for (const auto& things : things_) {
        if (!things->kind->shared) continue;
        for (const auto& other : things_)
            if (other != things && other->kind->many && !other->path.empty() &&
                beginsWith(things->path, other->path) && repeats(other->path))
                things->grouped = true;
    }
}

void Layout::needed() {
    const auto missing = [&](const Field& field, const Reason& where) {
        findings_.error(
            {sheet_.file, 0, 0},
            say("found no row with target '{0}', expected one{1}; where the source has no such "
                "field, leave column 'source' empty and put const:VALUE into column 'table'",
                "aucune ligne n'a la cible « {0} », il en faut une{1} ; si la source n'a pas ce "
                "champ, laisser la colonne « source » vide et mettre const:VALEUR dans la colonne "
                "« table »",
                {nameOf(field), where}));
    };
    for (const auto& things : things_)
        for (const Field& field : catalogue_.fields())
            if (field.kind == things->kind->name && field.needed && !things->of(&field))
                missing(field, things->path.empty()
                                   ? Reason()
                                   : say(" for {0}", " pour {0}", {toText(things->path)}));
    for (const auto& mapping : mappings_)
        if (mapping->field && mapping->field->type == ValueType::reference) {
            const Kind& kind = *catalogue_.kind(mapping->field->refersTo);
            const Field* const id = catalogue_.idOf(kind);
            const auto all = ofKind(kind.name);
            if (std::none_of(all.begin(), all.end(), [&](auto* t) { return t->of(id); }))
                fail(*mapping->row,
                     say("found a reference to a '{0}' by its id, and no row with target '{1}', "
                         "expected one",
                         "trouvé un renvoi à un « {0} » par son numéro, et aucune ligne avec la "
                         "cible « {1} » ; il en faut une",
                         {nameOf(kind), nameOf(*id)}));
        }
}

std::vector<const Things*> Layout::ofKind(std::string_view kind) const {
    std::vector<const Things*> found;
    for (const auto& things : things_)
        if (things->kind->name == kind) found.push_back(things.get());
    return found;
}

const Things& Layout::single(const Kind& kind) const { return *ofKind(kind.name).front(); }

bool Layout::has(const Kind& kind) const { return !ofKind(kind.name).empty(); }

}  // namespace maps
