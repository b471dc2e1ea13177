#include "host/config_files.h"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include "core/config_reader.h"
#include "core/digest.h"
#include "core/json_log.h"
#include "host/partner_table.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

ConfigFile read(const fs::path& path, std::string& all) {
    ConfigFile file;
    file.name = path.stem().string();
    file.path = path.string();
    const std::string text = readFile(file.path, file.findings);
    all += jsonText(path.filename().string()) + jsonText(text);
    file.root = parseConfig(text, file.path, file.findings);
    if (file.root.kind != ConfigNode::Kind::map && !file.findings.failed())
        file.findings.error(file.root.where, {"expected lines of 'key: value'",
                                              "attendu des lignes « clé: valeur »"});
    return file;
}

std::vector<fs::path> filesIn(const fs::path& folder,
                              std::initializer_list<const char*> extensions) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (std::find(extensions.begin(), extensions.end(), entry->path().extension()) !=
            extensions.end())
            paths.push_back(entry->path());
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::vector<ConfigFile> readFolder(const fs::path& folder, std::string& all) {
    std::vector<ConfigFile> files;
    for (const fs::path& path : filesIn(folder, {".yaml", ".yml"})) {
        files.push_back(read(path, all));
        if (!isName(files.back().name))
            files.back().findings.error(files.back().where(), kNameRule);
    }
    return files;
}

void readTables(const fs::path& folder, ConfigFiles& files, std::string& all) {
    for (const fs::path& path : filesIn(folder, {".csv"})) {
        const std::string text = readFile(path.string(), files.findings);
        all += jsonText(path.filename().string()) + jsonText(text);
        for (ConfigFile& row : partnersOf(text, path.string(), files.findings))
            files.partners.push_back(std::move(row));
    }
}

void reportTwice(std::vector<ConfigFile>& files) {
    std::unordered_map<std::string_view, const ConfigFile*> known;
    for (ConfigFile& file : files) {
        if (file.name.empty()) continue;
        const auto [first, fresh] = known.emplace(file.name, &file);
        if (!fresh)
            file.findings.error(file.where(),
                                say("'{0}' is there already: {1}", "« {0} » existe déjà : {1}",
                                    {file.name, first->second->where().text()}));
    }
}

}  // namespace

ConfigFile readMainFile(const std::string& folder) {
    std::string text;
    return read(fs::path(folder) / "passerelle.yaml", text);
}

ConfigFiles readConfigFiles(const std::string& folder) {
    ConfigFiles files;
    files.folder = folder;
    std::string all;
    files.main = read(fs::path(folder) / "passerelle.yaml", all);
    const fs::path whole(folder);
    files.partners = readFolder(whole / "partners", all);
    readTables(whole / "partners", files, all);
    files.shared = readFolder(whole / "destinations", all);
    files.endpoints = readFolder(whole / "endpoints", all);
    for (std::vector<ConfigFile>* const several :
         {&files.partners, &files.shared, &files.endpoints})
        reportTwice(*several);
    files.digest = sha256(all);
    return files;
}

Place ConfigFile::where() const {
    return root.keyWhere.line > 0 ? root.keyWhere : Place{path, 0, 0};
}

const ConfigFile* fileOf(const std::vector<ConfigFile>& files, std::string_view name) {
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const ConfigFile& file) { return file.name == name; });
    return found == files.end() ? nullptr : &*found;
}

const ConfigNode& destinationsOf(const ConfigFiles& files, const ConfigFile& partner) {
    const ConfigNode& said = child(partner.root, "destinations");
    const ConfigFile* const shared =
        said.kind == ConfigNode::Kind::scalar ? fileOf(files.shared, said.text) : nullptr;
    return shared != nullptr ? shared->root : said;
}

const ConfigNode& child(const ConfigNode& section, std::string_view key) {
    static const ConfigNode none;
    for (const auto& [name, value] : section.items)
        if (name == key) return value;
    return none;
}

std::string canonical(const ConfigNode& node) {
    switch (node.kind) {
        case ConfigNode::Kind::none: return "~";
        case ConfigNode::Kind::scalar: return (node.quoted ? "'" : "") + jsonText(node.text);
        case ConfigNode::Kind::list:
        case ConfigNode::Kind::map: break;
    }
    std::vector<std::string> parts;
    for (const auto& [key, value] : node.items)
        parts.push_back(jsonText(key) + ":" + canonical(value));
    if (node.kind == ConfigNode::Kind::map) std::sort(parts.begin(), parts.end());
    std::string text = node.kind == ConfigNode::Kind::map ? "{" : "[";
    for (const std::string& part : parts) text += part + ",";
    return text + (node.kind == ConfigNode::Kind::map ? "}" : "]");
}

}  // namespace gateway
