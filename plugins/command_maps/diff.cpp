/// "maps diff": what a network changes of the federation's maps and tables.
#include <filesystem>
#include <iostream>

#include "commands.h"
#include "common/json/json.h"
#include "layer_diff.h"

namespace maps {
namespace {

using gateway::CommandHost;
using gateway::Reason;
using gateway::say;
using gateway::Spoken;

struct Options {
    std::string network, mappings = "mappings";
    bool json = false;
};

class Printer {
public:
    explicit Printer(Spoken speaks) : speaks_(speaks) {}

    void print(const Options& options, const LayerDiff& diff) const {
        for (const MapDiff& map : diff.maps) print(map);
        for (const TableDiff& table : diff.tables) print(table);
        for (const std::string& file : diff.whole)
            line(
                say("table {0}: has the name of one of the federation's and changes none of its "
                    "maps: the network's own take it whole. '# overrides: NAME' in it would change "
                    "rows",
                    "table {0} : porte le nom d'une table de la fédération et n'en modifie aucune "
                    "transformation : celles du réseau la prennent en entier. « # overrides: NOM » "
                    "y modifierait des lignes",
                    {file}));
        for (const std::string& file : diff.own)
            line(
                say("map {0}: the network's own", "transformation {0} : propre au réseau", {file}));
        if (diff.maps.empty() && diff.tables.empty())
            line(say("{0} changes nothing of the federation's",
                     "{0} ne modifie rien de la fédération", {options.network}));
    }

private:
    void print(const MapDiff& map) const {
        line(say("map {0}: {1}, changed by {2}", "transformation {0} : {1}, modifiée par {2}",
                 {map.name, map.federation, map.network}));
        for (const GroupDiff& group : map.groups) {
            line(headOf(group));
            if (!group.federation.text.empty() && group.federation.text != group.network.text &&
                !group.adds) {
                side('-', group.federation);
                side('+', group.network);
            }
            for (const DiffLine& rule : group.gone) side('-', rule);
            for (const DiffLine& rule : group.fresh) side('+', rule);
            if (!group.adds && group.gone.empty() && group.fresh.empty())
                line({"    the same rules as the federation's",
                      "    les mêmes règles que la fédération"});
        }
    }

    static Reason headOf(const GroupDiff& group) {
        if (group.federation.text.empty())
            return say("  group {0}: new", "  groupe {0} : nouveau", {group.name});
        if (group.adds)
            return say("  group {0}: the federation's, and then",
                       "  groupe {0} : celui de la fédération, et ensuite", {group.name});
        return say("  group {0}:", "  groupe {0} :", {group.name});
    }

    void print(const TableDiff& table) const {
        line(say("table {0}: {1}, changed by {2}", "table {0} : {1}, modifiée par {2}",
                 {table.name, table.federation, table.network}));
        if (!table.unmapped.empty())
            line(say("  codes that no row has: {0}", "  codes qu'aucune ligne n'a : {0}",
                     {table.unmapped}));
        for (const RowDiff& row : table.rows) {
            line(row.federation.where.file.empty()
                     ? say("  row {0}: new", "  ligne {0} : nouvelle", {row.source})
                     : say("  row {0}:", "  ligne {0} :", {row.source}));
            if (!row.federation.where.file.empty()) side('-', row.federation);
            side('+', row.network);
        }
        if (table.rows.empty() && table.unmapped.empty())
            line({"  the same rows as the federation's", "  les mêmes lignes que la fédération"});
    }

    void side(char sign, const DiffLine& one) const {
        std::cout << "    " << sign << ' ' << one.where.text() << "  " << one.text << '\n';
    }
    void line(const Reason& text) const { std::cout << text.in(speaks_) << '\n'; }

    const Spoken speaks_;
};

class JsonText {
public:
    std::string of(const Options& options, const LayerDiff& diff) {
        open('{');
        field("network", options.network);
        list("maps", diff.maps, [&](const MapDiff& map) { write(map); });
        list("tables", diff.tables, [&](const TableDiff& table) { write(table); });
        list("own", diff.own, [&](const std::string& file) { text(file); });
        list("whole_tables", diff.whole, [&](const std::string& file) { text(file); });
        close('}');
        return out_.text();
    }

private:
    void write(const MapDiff& map) {
        open('{');
        field("map", map.name);
        field("federation", map.federation);
        field("network", map.network);
        list("groups", map.groups, [&](const GroupDiff& group) {
            open('{');
            field("group", group.name);
            field("change", group.federation.text.empty() ? "new"
                            : group.adds                  ? "added-to"
                                                          : "replaced");
            side("federation", group.federation);
            side("network", group.network);
            list("removed", group.gone, [&](const DiffLine& rule) { write(rule); });
            list("added", group.fresh, [&](const DiffLine& rule) { write(rule); });
            close('}');
        });
        close('}');
    }

    void write(const TableDiff& table) {
        open('{');
        field("table", table.name);
        field("federation", table.federation);
        field("network", table.network);
        if (!table.unmapped.empty()) field("unmapped", table.unmapped);
        list("rows", table.rows, [&](const RowDiff& row) {
            open('{');
            field("source", row.source);
            field("change", row.federation.where.file.empty() ? "new" : "replaced");
            side("federation", row.federation);
            side("network", row.network);
            close('}');
        });
        close('}');
    }

    void write(const DiffLine& line) {
        open('{');
        field("text",
              line.text.substr(std::min(line.text.find_first_not_of(' '), line.text.size())));
        field("where", line.where.text());
        close('}');
    }
    void side(const char* name, const DiffLine& line) {
        if (line.where.file.empty()) return;
        key(name);
        write(line);
    }

    template <class Items, class Write>
    void list(const char* name, const Items& items, const Write& write) {
        key(name);
        open('[');
        for (const auto& item : items) {
            between();
            write(item);
        }
        close(']');
    }
    void field(const char* name, const std::string& value) {
        key(name);
        text(value);
    }
    void key(const char* name) {
        between();
        out_ << '"' << name << "\":";
    }
    void text(const std::string& value) { json::writeString(out_, value); }
    void between() {
        if (!fresh_) out_ << ',';
        fresh_ = false;
    }
    void open(char c) {
        out_ << std::string_view(&c, 1);
        fresh_ = true;
    }
    void close(char c) {
        out_ << std::string_view(&c, 1);
        fresh_ = false;
    }

    gateway::Sink out_;
    bool fresh_ = true;
};

int run(const Options& options, CommandHost& host) {
    gateway::Findings findings;
    const LayerDiff diff = layerDiff(options.mappings, options.network, findings);
    print(findings, host.speaks());
    if (options.json)
        std::cout << JsonText().of(options, diff) << '\n';
    else
        Printer(host.speaks()).print(options, diff);
    return findings.failed() ? 1 : 0;
}

const Reason kSummary = {"shows what a network changes of the federation's maps and tables",
                         "montre ce qu'un réseau modifie des transformations et tables de la "
                         "fédération"};

}  // namespace

gateway::Command diff() {
    return {"maps diff", kSummary, [](std::span<const std::string> words, CommandHost& host) {
                Options options;
                return runCommand(
                    words, host, "maps diff", kSummary,
                    [&](CLI::App& app, Spoken speaks) {
                        const auto in = [&](const char* en, const char* fr) {
                            return Reason(en, fr).in(speaks);
                        };
                        app.add_option(
                               "network", options.network,
                               in("name of a folder of networks/", "nom d'un dossier de networks/"))
                            ->required()
                            ->type_name("NETWORK");
                        app.add_option("--mappings", options.mappings,
                                       in("folder of maps and tables",
                                          "dossier des transformations et des tables"))
                            ->capture_default_str();
                        app.add_flag("--json", options.json, in("as JSON", "en JSON"));
                    },
                    [&] { return run(options, host); });
            }};
}

}  // namespace maps
