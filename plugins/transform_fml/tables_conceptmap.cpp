#include "tables_conceptmap.h"

#include <algorithm>
#include <tuple>

#include "gateway/config.h"

namespace tables {
namespace {

using gateway::Findings;
using gateway::Node;
using gateway::say;

using Words = std::vector<std::string>;

const Words kScopes[] = {
    {"sourceUri", "sourceCanonical", "sourceScopeUri", "sourceScopeCanonical"},
    {"targetUri", "targetCanonical", "targetScopeUri", "targetScopeCanonical"}};

bool has(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "url|version" cut in two.
std::pair<std::string, std::string> cut(std::string_view canonical) {
    const auto bar = canonical.find('|');
    if (bar == canonical.npos) return {std::string(canonical), {}};
    return {std::string(canonical.substr(0, bar)), std::string(canonical.substr(bar + 1))};
}

struct Rule {
    Unmapped unmapped = Unmapped::fail;
    std::string code, label;
    friend bool operator==(const Rule&, const Rule&) = default;
};

class Reader {
public:
    Reader(const fhir::Resource& resource, Holding holding, Findings& findings)
        : resource_(resource), holding_(holding), findings_(findings) {}

    Table read(Node root) {
        table_.file = resource_.file();
        if (root.child("resourceType").text() != "ConceptMap") {
            findings_.error(resource_.place(root),
                            {"found no ConceptMap, expected \"resourceType\": \"ConceptMap\"",
                             "trouvé autre chose qu'une ConceptMap, attendu \"resourceType\": "
                             "\"ConceptMap\""});
            return std::move(table_);
        }
        head(root);
        bool first = true;
        for (const Node group : fhir::items(root)) {
            if (group.name() != "group") continue;
            this->group(group, first);
            first = false;
        }
        if (table_.name.empty()) table_.name = root.child("id").text();
        return std::move(table_);
    }

private:
    void refuse(Node node, std::string_view name, const gateway::Reason& why) {
        findings_.error(resource_.place(node),
                        say("found '{0}' ({1}), expected a ConceptMap that a table can hold: {2}",
                            "trouvé « {0} » ({1}), attendu une ConceptMap qu'une table peut "
                            "contenir : {2}",
                            {name, node.path(), why}));
    }

    static bool isOurs(Node child) {
        return child.name() == "extension" &&
               child.child("url").text().starts_with(fhir::extensionUrl("concept-map-"));
    }

    /// Everything that stands in `node` beside the known must be refused or told.
    void others(Node node, const Words& known, const Words& always = {}) {
        for (const Node child : node.children()) {
            const std::string_view name = child.name();
            if (has(known, name) || isOurs(child)) continue;
            const bool blocks = has(always, name);
            if (!blocks && holding_ == Holding::lookup) continue;
            if (name == "text" || name == "meta") {
                findings_.warning(resource_.place(child),
                                  say("found '{0}', which a table leaves out",
                                      "trouvé « {0} », qu'une table laisse de côté", {name}));
                continue;
            }
            refuse(child, name,
                   {"no column holds it", "aucune colonne n'est prévue pour cet élément"});
        }
    }

    void head(Node root) {
        table_.url = root.child("url").text();
        table_.name = root.child("name").text();
        table_.version = root.child("version").text();
        table_.overrides = fhir::extensionOf(root, fhir::extensionUrl(kOverrides)).text();
        for (const std::string& key : kDetails) {
            const std::string_view text = root.child(key).text();
            if (!text.empty() && !(key == "status" && text == "draft"))
                table_.details.emplace_back(key, text);
        }
        Words known = {"resourceType", "url", "name", "version", "group"};
        known.insert(known.end(), kDetails.begin(), kDetails.end());
        for (const bool target : {false, true})
            for (const std::string& name : kScopes[target]) {
                known.push_back(name);
                if (const Node scope = root.child(name))
                    table_.details.emplace_back(target ? "target_valueset" : "source_valueset",
                                                scope.text());
            }
        others(root, known);
    }

    struct Systems {
        std::string source, sourceVersion, target, targetVersion;
    };

    static Systems systemsOf(Node group) {
        Systems systems;
        std::tie(systems.source, systems.sourceVersion) = cut(group.child("source").text());
        std::tie(systems.target, systems.targetVersion) = cut(group.child("target").text());
        if (const Node version = group.child("sourceVersion"))
            systems.sourceVersion = version.text();
        if (const Node version = group.child("targetVersion"))
            systems.targetVersion = version.text();
        return systems;
    }

    void group(Node node, bool first) {
        others(node, {"source", "sourceVersion", "target", "targetVersion", "element", "unmapped"});
        const Systems systems = systemsOf(node);
        const Rule rule = ruleOf(node);
        if (first) {
            table_.sourceSystem = systems.source;
            table_.sourceVersion = systems.sourceVersion;
            table_.targetSystem = systems.target;
            table_.targetVersion = systems.targetVersion;
            table_.unmapped = rule.unmapped;
            table_.fixed = rule.code;
            table_.fixedLabel = rule.label;
            rule_ = rule;
        } else {
            another(node, systems, rule);
        }
        for (const Node element : fhir::items(node))
            if (element.name() == "element") this->element(element, systems);
    }

    /// A second group: its rows name their systems, all else must be as in the first.
    void another(Node node, const Systems& systems, const Rule& rule) {
        if (rule != rule_)
            refuse(node, "unmapped",
                   {"it has one rule for the unmapped, the groups have several",
                    "elle a une seule règle pour les codes absents, les groupes en ont plusieurs"});
        const bool nameless = (systems.source.empty() && !table_.sourceSystem.empty()) ||
                              (systems.target.empty() && !table_.targetSystem.empty());
        const auto versionDiffers = [](const std::string& system, const std::string& version,
                                       const std::string& own, const std::string& ownVersion) {
            return system == own ? version != ownVersion : !version.empty();
        };
        const bool versions = versionDiffers(systems.source, systems.sourceVersion,
                                             table_.sourceSystem, table_.sourceVersion) ||
                              versionDiffers(systems.target, systems.targetVersion,
                                             table_.targetSystem, table_.targetVersion);
        if (nameless || (versions && holding_ == Holding::all))
            refuse(node, "group",
                   {"one version of each system, and each group has its systems",
                    "une seule version de chaque système, et chaque groupe a ses systèmes"});
    }

    Rule ruleOf(Node group) {
        const Node node = group.child("unmapped");
        if (!node) {
            const Node none = fhir::extensionOf(group, fhir::extensionUrl(kUnmapped));
            return {none.text() == "none" ? Unmapped::none : Unmapped::fail, {}, {}};
        }
        others(node, {"mode", "code", "display"},
               {"url", "otherMap", "valueSet", "relationship", "equivalence"});
        const std::string_view mode = node.child("mode").text();
        if (mode == "provided" || mode == "use-source-code") return {Unmapped::useSource, {}, {}};
        if (mode == "fixed")
            return {Unmapped::fixed, std::string(node.child("code").text()),
                    std::string(node.child("display").text())};
        refuse(node, "unmapped",
               {"the mode is 'provided', 'use-source-code' or 'fixed'",
                "le mode est « provided », « use-source-code » ou « fixed »"});
        return {};
    }

    void element(Node node, const Systems& systems) {
        others(node, {"code", "display", "target", "noMap"}, {"valueSet"});
        Row row;
        row.source = node.child("code").text();
        row.sourceLabel = node.child("display").text();
        row.line = resource_.place(node).line;
        if (systems.source != table_.sourceSystem) row.sourceSystem = systems.source;
        if (systems.target != table_.targetSystem) row.targetSystem = systems.target;
        if (row.source.empty() && !node.child("valueSet"))
            findings_.error(resource_.place(node),
                            {"found an element without 'code', expected a code",
                             "trouvé un élément sans « code », attendu un code"});
        bool any = false;
        for (const Node target : fhir::items(node))
            if (target.name() == "target") {
                this->target(row, target);
                any = true;
            }
        if (any) return;
        row.relation = kNotRelated;
        row.comment = fhir::extensionOf(node, fhir::extensionUrl(kComment)).text();
        table_.rows.push_back(std::move(row));
    }

    void target(Row row, Node node) {
        others(node, {"code", "display", "equivalence", "relationship", "comment"},
               {"dependsOn", "product", "property", "valueSet"});
        row.target = node.child("code").text();
        row.targetLabel = node.child("display").text();
        row.comment = node.child("comment").text();
        row.preferred = fhir::extensionOf(node, fhir::extensionUrl(kPreferred)).text() == "true";
        row.line = resource_.place(node).line;
        relation(row, node);
        if (row.target.empty() && row.relation != kNotRelated && !node.child("valueSet"))
            findings_.error(resource_.place(node),
                            {"found a target without 'code', expected a code or the relation "
                             "'not-related-to'",
                             "trouvé une cible sans « code », attendu un code ou la relation "
                             "« not-related-to »"});
        table_.rows.push_back(std::move(row));
    }

    void relation(Row& row, Node node) {
        const Node old = node.child("equivalence"), now = node.child("relationship");
        const std::string_view word = (now ? now : old).text();
        row.relation = now ? word : relationOfR4(word);
        if (word.empty()) row.relation = kEquivalent;
        if (std::find(kRelations.begin(), kRelations.end(), row.relation) != kRelations.end())
            return;
        findings_.error(
            resource_.place(now ? now : old),
            say("found relation '{0}', expected one of FHIR's{1}",
                "trouvé la relation « {0} », attendu l'une de celles de FHIR{1}",
                {word, gateway::didYouMean(word, {kRelations.begin(), kRelations.end()})}));
        row.relation = kRelated;
    }

public:
    static constexpr std::string_view kOverrides = "concept-map-overrides";
    static constexpr std::string_view kPreferred = "concept-map-preferred";
    static constexpr std::string_view kUnmapped = "concept-map-unmapped";
    static constexpr std::string_view kComment = "concept-map-comment";

private:
    const fhir::Resource& resource_;
    const Holding holding_;
    Findings& findings_;
    Table table_;
    Rule rule_;
};

class Writing {
public:
    Writing(fhir::Writer& out, const Table& table, fhir::Release release)
        : out_(out), table_(table), r4_(release == fhir::Release::r4) {}

    void write() {
        out_.beginObject();
        out_.text("resourceType", "ConceptMap");
        head();
        std::size_t row = 0;
        if (!table_.rows.empty() || hasGroup()) {
            out_.beginArray("group");
            do row = group(row);
            while (row < table_.rows.size());
            out_.endArray();
        }
        out_.endObject();
    }

private:
    bool hasGroup() const {
        return !table_.sourceSystem.empty() || !table_.targetSystem.empty() ||
               table_.unmapped != Unmapped::fail;
    }

    void detail(const char* key) { out_.text(key, table_.detail(key)); }

    void head() {
        detail("id");
        detail("language");
        if (!table_.overrides.empty())
            out_.extension(Reader::kOverrides, "valueString", table_.overrides);
        out_.text("url", table_.url);
        out_.text("version", table_.version);
        out_.text("name", table_.name);
        detail("title");
        const std::string status = table_.detail("status");
        out_.text("status", status.empty() ? "draft" : status);
        if (const std::string value = table_.detail("experimental"); !value.empty())
            out_.plain("experimental", value == "true" ? "true" : "false");
        for (const char* const key : {"date", "publisher", "description", "purpose", "copyright"})
            detail(key);
        out_.text(r4_ ? "sourceCanonical" : "sourceScopeCanonical",
                  table_.detail("source_valueset"));
        out_.text(r4_ ? "targetCanonical" : "targetScopeCanonical",
                  table_.detail("target_valueset"));
    }

    bool together(const Row& one, const Row& other) const {
        return one.sourceSystem == other.sourceSystem && one.targetSystem == other.targetSystem;
    }

    /// Writes the rows from `first` on that have the same systems; returns where they end.
    std::size_t group(std::size_t first) {
        const auto& rows = table_.rows;
        out_.beginObject();
        const Row none;
        const Row& begin = first < rows.size() ? rows[first] : none;
        if (table_.unmapped == Unmapped::none)
            out_.extension(Reader::kUnmapped, "valueCode", "none");
        system("source", begin.sourceSystem, table_.sourceSystem, table_.sourceVersion);
        system("target", begin.targetSystem, table_.targetSystem, table_.targetVersion);
        std::size_t at = first;
        if (at < rows.size()) {
            out_.beginArray("element");
            while (at < rows.size() && together(rows[at], begin)) at = element(at);
            out_.endArray();
        }
        unmapped();
        out_.endObject();
        return at;
    }

    void system(const std::string& key, const std::string& own, const std::string& common,
                const std::string& version) {
        const bool versioned = own.empty() && !version.empty();
        const std::string url = own.empty() ? common : own;
        out_.text(key, versioned && !r4_ ? url + "|" + version : url);
        if (versioned && r4_) out_.text(key + "Version", version);
    }

    void unmapped() {
        if (table_.unmapped != Unmapped::useSource && table_.unmapped != Unmapped::fixed) return;
        const bool fixed = table_.unmapped == Unmapped::fixed;
        out_.beginObject("unmapped");
        out_.text("mode", fixed ? "fixed" : r4_ ? "provided" : "use-source-code");
        out_.text("code", table_.fixed);
        out_.text("display", table_.fixedLabel);
        out_.endObject();
    }

    /// A code with its targets, which stand in one row each.
    std::size_t element(std::size_t first) {
        const auto& rows = table_.rows;
        const Row& row = rows[first];
        const bool alone = row.target.empty();  // a code that leads nowhere, said with all words
        out_.beginObject();
        if (alone && !r4_ && !row.comment.empty())
            out_.extension(Reader::kComment, "valueString", row.comment);
        out_.text("code", row.source);
        out_.text("display", row.sourceLabel);
        std::size_t at = first;
        if (alone && !r4_) {
            out_.plain("noMap", "true");
            ++at;
        } else {
            out_.beginArray("target");
            do target(rows[at++]);
            while (at < rows.size() && together(rows[at], row) && rows[at].source == row.source &&
                   rows[at].sourceLabel == row.sourceLabel && (r4_ || !rows[at].target.empty()));
            out_.endArray();
        }
        out_.endObject();
        return at;
    }

    void target(const Row& row) {
        out_.beginObject();
        if (row.preferred) out_.extension(Reader::kPreferred, "valueBoolean", "true");
        out_.text("code", row.target);
        out_.text("display", row.targetLabel);
        if (r4_)
            out_.text("equivalence", equivalence(row));
        else
            out_.text("relationship", row.relation);
        out_.text("comment", row.comment);
        out_.endObject();
    }

    static std::string_view equivalence(const Row& row) {
        const std::string_view word = toR4(row.relation);
        if (word == "disjoint" && row.target.empty()) return "unmatched";
        // R4 wants a comment with 'narrower' (its rule cmd-1), not with this word for the same.
        if (word == "narrower" && row.comment.empty()) return "specializes";
        return word;
    }

    fhir::Writer& out_;
    const Table& table_;
    const bool r4_;
};

}  // namespace

Table readConceptMap(const fhir::Resource& resource, Node node, Holding holding,
                     Findings& findings) {
    Table table = Reader(resource, holding, findings).read(node);
    if (table.name.empty()) table.name = nameOfFile(table.file);
    table.index(findings);
    return table;
}

void writeConceptMap(fhir::Writer& out, const Table& table, fhir::Release release) {
    Writing(out, table, release).write();
}

void checkForConceptMap(const Table& table, Findings& findings) {
    if (table.unmapped != Unmapped::fixed || table.rows.empty()) return;
    const Row& first = table.rows.front();
    if (first.targetSystem.empty() || first.targetSystem == table.targetSystem) return;
    findings.error({table.file, 0, 0},
                   say("the code for the unmapped is of '{0}', the first row of '{1}', expected "
                       "that row to be of the table's target: a ConceptMap has that code beside "
                       "the rows of its system",
                       "le code pour ce qui n'est pas dans la table est de « {0} », la première "
                       "ligne de « {1} », attendu une première ligne de la cible de la table : une "
                       "ConceptMap place ce code à côté des lignes de son système",
                       {table.targetSystem, first.targetSystem}));
}

std::string toConceptMap(const Table& table, fhir::Release release) {
    fhir::Writer out;
    writeConceptMap(out, table, release);
    return out.take();
}

Table readTable(const std::string& file, std::string_view bytes, Holding holding,
                Findings& findings) {
    if (!file.ends_with(".json")) return readCsv(file, bytes, findings);
    const auto resource = fhir::Resource::read(file, bytes, findings);
    if (resource) return readConceptMap(*resource, resource->root(), holding, findings);
    Table none;
    none.file = file;
    none.name = nameOfFile(file);
    return none;
}

std::string urlOf(const std::string& file, std::string_view bytes) {
    if (!file.ends_with(".json")) return headerOf(bytes, "url");
    Findings ignored;
    const auto resource = fhir::Resource::read(file, bytes, ignored);
    return resource ? std::string(resource->root().child("url").text()) : std::string();
}

}  // namespace tables
