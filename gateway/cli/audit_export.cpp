/// audit export: in the form of a plugin.
#include <iostream>

#include "cli/audit.h"
#include "cli/command_host.h"
#include "host/configuration.h"

namespace gateway::audit {
namespace {

/// Commands of plugins that write the audit in another form are called so, and the form's name.
constexpr std::string_view kForms = "audit-as ";
/// Of entries at a time: the audit of years does not lie in memory.
constexpr std::size_t kAtOnce = 16u << 20;

struct Options {
    AuditFilter filter;
    std::string form;
    bool whole = false;
};

/// Gives the plugin's command what it would read from stdin.
class WithEntries final : public CommandHost {
public:
    WithEntries(CommandHost& host, std::string entries)
        : host_(host), entries_(std::move(entries)) {}
    Chosen codec(const std::string& word) override { return host_.codec(word); }
    Chosen codecOf(const Bytes& body, const std::string& file) override {
        return host_.codecOf(body, file);
    }
    Chosen codecFor(Node root) override { return host_.codecFor(root); }
    Bytes read(const std::string& file) override {
        return file == "-" ? Bytes(std::move(entries_)) : host_.read(file);
    }
    const std::vector<const Model*>& models() override { return host_.models(); }
    const MapLanguage& language() override { return host_.language(); }
    Spoken speaks() const override { return host_.speaks(); }
    std::string ask(const std::string& folder, std::string_view question,
                    const Asked& words) override {
        return host_.ask(folder, question, words);
    }
    std::optional<std::string> line(const Reason& prompt, bool hidden) override {
        return host_.line(prompt, hidden);
    }

private:
    CommandHost& host_;
    std::string entries_;
};

const Command& formOf(const PluginHost& plugins, const std::string& form) {
    std::string known;
    for (const auto& [name, command] : plugins.commands()) {
        if (!name.starts_with(kForms)) continue;
        if (name.substr(kForms.size()) == form) return command;
        known += (known.empty() ? "" : ", ") + name.substr(kForms.size());
    }
    throw Misuse("--as", say("no loaded plugin writes the form '{0}'; there is: {1}",
                             "aucun greffon chargé n'écrit la forme « {0} » ; il y a : {1}",
                             {form, known.empty() ? std::string("-") : known}));
}

void write(Shared& shared, const Options& options) {
    const std::unique_ptr<PluginHost> plugins = openPlugins(shared);
    const Command& command = formOf(*plugins, options.form);
    const std::unique_ptr<CommandHost> host = commandHost(*plugins, shared.speaks);
    std::vector<std::string> words;
    if (options.whole) words.push_back("--whole");
    words.push_back("-");
    std::string entries;
    const auto pass = [&] {
        WithEntries with(*host, std::exchange(entries, {}));
        shared.exitCode = std::max(shared.exitCode, command.run(words, with));
    };
    eachAuditEntry(clientPlaces(shared).auditFile, options.filter, [&](const AuditEntry& entry) {
        entries += auditJson(entry) + "\n";
        if (!options.whole && entries.size() >= kAtOnce) pass();
    });
    if (options.whole || !entries.empty()) pass();
}

}  // namespace

void addExport(CLI::App& audit, Shared& shared) {
    auto options = std::make_shared<Options>();
    CLI::App& command =
        add(audit, shared, "export",
            shared.say("The audit in the form of a plugin, for a repository of audits.",
                       "Le journal d'audit sous la forme d'un greffon, pour un dépôt de traces."));
    addPluginsOption(command, shared);
    command
        .add_option("--as", options->form,
                    shared.say("The form, as plugins name it (audit-as …)",
                               "La forme, telle que les greffons la nomment (audit-as …)"))
        ->required();
    command.add_flag(
        "--whole", options->whole,
        shared.say("One document, not one on each line", "Un seul document, et non un par ligne"));
    addFilter(command, shared, options->filter);
    command.callback([&shared, options] { write(shared, *options); });
}

}  // namespace gateway::audit
