#include "host/config_files.h"

#include <algorithm>
#include <filesystem>

#include "core/config_reader.h"
#include "core/digest.h"
#include "core/json_log.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

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

std::vector<fs::path> yamlFiles(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".yaml" || entry->path().extension() == ".yml")
            paths.push_back(entry->path());
    std::sort(paths.begin(), paths.end());
    return paths;
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
    for (const fs::path& path : yamlFiles(fs::path(folder) / "partners")) {
        files.partners.push_back(read(path, all));
        ConfigFile& file = files.partners.back();
        if (file.name.find_first_not_of(kNameCharacters) != file.name.npos)
            file.findings.error({file.path, 0, 0},
                                {"a partner's name, its file's, is made of letters, digits, - _ .",
                                 "le nom d'un partenaire, celui de son fichier, se compose de "
                                 "lettres, chiffres, - _ ."});
        if (files.partners.size() > 1 && files.partners.end()[-2].name == file.name)
            file.findings.error({file.path, 0, 0},
                                say("the partner '{0}' has a file already: {1}",
                                    "le partenaire « {0} » a déjà un fichier : {1}",
                                    {file.name, files.partners.end()[-2].path}));
    }
    files.digest = sha256(all);
    return files;
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
