#include "support/plugins.h"

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/places.h"

namespace support {
using namespace gateway;

ConfigNode scalar(std::string text) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::scalar;
    node.text = std::move(text);
    return node;
}

ConfigNode list(std::vector<ConfigNode> items) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::list;
    for (ConfigNode& item : items) node.items.emplace_back("", std::move(item));
    return node;
}

ConfigNode map(std::vector<std::pair<std::string, ConfigNode>> items) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::map;
    node.items = std::move(items);
    return node;
}

Plugins::Plugins(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const std::string path = std::string(support::kBuildDir) + "/plugins/" + name + ".so";
        void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) throw std::runtime_error(dlerror());
        const auto* const plugin =
            static_cast<const GatewayPlugin*>(dlsym(library, "gatewayPlugin"));
        if (plugin == nullptr || plugin->abi != kAbi)
            throw std::runtime_error(path + " is no plugin of this build");
        plugin->load(*this);
    }
}

namespace {

template <class T>
std::unique_ptr<T> made(const std::map<std::string, Registry::Make<T>>& all,
                        const std::string& name, const ConfigNode& options) {
    const auto found = all.find(name);
    if (found == all.end()) throw std::runtime_error("no plugin offers " + name);
    Findings findings;
    Config config(options, std::filesystem::current_path().string(), findings);
    auto object = found->second(config);
    config.finish();
    if (findings.failed()) {
        std::string text = "options of " + name + " refused:";
        for (const Finding& finding : findings.all())
            text += " " + (finding.where.line > 0 ? finding.where.text() + ": " : "") +
                    finding.text + ";";
        throw std::runtime_error(text);
    }
    return object;
}

}  // namespace

std::unique_ptr<Codec> Plugins::codec(const std::string& n, const ConfigNode& o) {
    return made(codecs_, n, o);
}
std::unique_ptr<Source> Plugins::source(const std::string& n, const ConfigNode& o) {
    return made(sources_, n, o);
}
std::unique_ptr<Listener> Plugins::listener(const std::string& n, const ConfigNode& o) {
    return made(listeners_, n, o);
}
std::unique_ptr<Destination> Plugins::destination(const std::string& n, const ConfigNode& o) {
    return made(destinations_, n, o);
}
std::unique_ptr<MapLanguage> Plugins::language(const std::string& n, const ConfigNode& o) {
    return made(languages_, n, o);
}
std::unique_ptr<Policy> Plugins::policy(const std::string& n, const ConfigNode& o) {
    return made(policies_, n, o);
}
std::unique_ptr<Sender> Plugins::sender(const std::string& n, const ConfigNode& o) {
    return made(senders_, n, o);
}

namespace {

/// For commands that need nothing of their program; those that do are tested with the program.
class NoHost final : public CommandHost {
    [[noreturn]] static void none() { throw std::logic_error("this test has no command host"); }
    Chosen codec(const std::string&) override { none(); }
    Chosen codecOf(const Bytes&, const std::string&) override { none(); }
    Chosen codecFor(Node) override { none(); }
    Bytes read(const std::string&) override { none(); }
    const std::vector<const Model*>& models() override { none(); }
    const MapLanguage& language() override { none(); }
    Spoken speaks() const override { return Spoken::english; }
    std::string ask(const std::string&, std::string_view, const Asked&) override { none(); }
    std::optional<std::string> line(const Reason&, bool) override { none(); }
};

}  // namespace

int Plugins::run(const std::string& command, const std::vector<std::string>& words) {
    NoHost host;
    return run(command, words, host);
}

int Plugins::run(const std::string& command, const std::vector<std::string>& words,
                 CommandHost& host) {
    return commands_.at(command).run(words, host);
}

std::string fileText(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::ostringstream content;
    content << in.rdbuf();
    return content.str();
}

std::string corpus() {
    const std::string path = std::string(support::kSourceDir) + "/../shared/corpus";
    return std::filesystem::is_directory(path) ? path : std::string();
}

}  // namespace support
