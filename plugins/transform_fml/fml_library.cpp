#include "fml_library.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fml_structure_map.h"
#include "gateway/error.h"
#include "tables_conceptmap.h"

namespace fml {
namespace {

namespace fs = std::filesystem;

/// All files below `root` with one of the extensions, in order of their names.
std::vector<fs::path> filesBelow(const std::string& root,
                                 std::initializer_list<std::string_view> extensions) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator at(root, fs::directory_options::skip_permission_denied, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
        const fs::path& path = at->path();
        if (path.filename().string().starts_with('.')) {
            if (at->is_directory(error)) at.disable_recursion_pending();
            continue;
        }
        const std::string extension = path.extension().string();
        if (std::find(extensions.begin(), extensions.end(), extension) != extensions.end())
            files.push_back(path);
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Whether `text` is like `pattern`, in which `*` stands for anything.
bool like(std::string_view text, std::string_view pattern) {
    std::size_t t = 0, p = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

MapSyntax headerOf(const std::string& file) {
    return readMapHeader(SourceText(file, readFile(file).value_or("")));
}

/// FML, and StructureMaps in JSON; examples are JSON too.
std::vector<fs::path> mapFilesBelow(const std::string& root) {
    std::vector<fs::path> files = filesBelow(root, {".map", ".fml", ".json"});
    std::erase_if(files, [](const fs::path& file) {
        const std::string name = file.stem().string();
        const bool example = name == "in" || name == "out" || name == "issues";
        return file.extension() == ".json" &&
               (example ||
                fhir::resourceTypeOf(readFile(file.string()).value_or("")) != "StructureMap");
    });
    return files;
}

/// A ConceptMap in JSON is a table where it lies in a folder of tables.
bool isTable(const fs::path& file) {
    return file.extension() == ".csv" || file.parent_path().filename() == "tables";
}

bool changesAnother(const MapSyntax& header) {
    return std::any_of(header.metadata.begin(), header.metadata.end(),
                       [](const auto& line) { return line.first.text == "overrides"; });
}

/// The url of a table, or nothing when it only changes another.
std::optional<std::string> tableUrl(const std::string& file) {
    const std::string text = readFile(file).value_or("");
    if (!file.ends_with(".json") && !tables::headerOf(text, "overrides").empty())
        return std::nullopt;
    return tables::urlOf(file, text);
}

std::vector<std::string> asText(const std::vector<fs::path>& paths) {
    std::vector<std::string> all;
    for (const fs::path& path : paths) all.push_back(path.string());
    return all;
}

}  // namespace

std::optional<std::string> readFile(const std::string& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return std::nullopt;
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad()) return std::nullopt;
    return text;
}

Library::Library(const std::string& root, const std::string& mapFile)
    : root_(root.empty() ? fs::path(mapFile).parent_path().string() : root) {
    if (root_.empty()) root_ = ".";
    std::error_code error;
    const fs::path folder = fs::weakly_canonical(fs::absolute(mapFile, error), error).parent_path();
    const fs::path below = folder.lexically_relative(fs::weakly_canonical(root_, error));
    if (below.empty() || *below.begin() == "..") beside_ = folder.string();
}

std::string Library::shown(const std::string& file) const {
    const auto isBelow = [](const fs::path& path) {
        return !path.empty() && *path.begin() != "..";
    };
    const fs::path below = fs::path(file).lexically_relative(root_);
    if (isBelow(below)) return below.string();
    // Tables are known by their whole paths, a root may be relative or a link.
    std::error_code error;
    const fs::path whole =
        fs::weakly_canonical(file, error).lexically_relative(fs::weakly_canonical(root_, error));
    return isBelow(whole) ? whole.string() : file;
}

std::vector<std::string> Library::maps(std::string_view wanted) const {
    std::vector<std::string> found;
    for (const std::string& file : mapFiles()) {
        const MapSyntax header = headerOf(file);
        if (!changesAnother(header) &&
            (like(header.url.text, wanted) || header.name.text == wanted ||
             fs::path(file).stem() == wanted))
            found.push_back(file);
    }
    return found;
}

bool Library::imports(std::string_view url, std::string_view name) const {
    for (const std::string& file : mapFiles())
        for (const Word& wanted : headerOf(file).imports)
            if (like(url, wanted.text) || wanted.text == name) return true;
    return false;
}

std::vector<std::string> Library::mapNames() const {
    std::vector<std::string> names;
    for (const std::string& file : mapFiles()) {
        const MapSyntax header = headerOf(file);
        if (changesAnother(header)) continue;
        names.push_back(header.url.text);
        names.push_back(header.name.text);
    }
    return names;
}

std::vector<std::string> Library::mapFiles(std::string_view under) const {
    std::vector<std::string> all = fml::mapsBelow((fs::path(root_) / under).string());
    if (under.empty() && !beside_.empty())
        for (std::string& file : fml::mapsBelow(beside_)) all.push_back(std::move(file));
    return all;
}

std::vector<std::string> Library::tableFiles(std::string_view under) const {
    std::vector<fs::path> all = filesBelow((fs::path(root_) / under).string(), {".csv", ".json"});
    if (under.empty() && !beside_.empty())
        for (fs::path& file : filesBelow(beside_, {".csv", ".json"}))
            all.push_back(std::move(file));
    std::erase_if(all, [](const fs::path& file) { return !isTable(file); });
    return asText(all);
}

std::string Library::networkOf(const std::string& file) const {
    std::error_code error;
    const fs::path below =
        fs::weakly_canonical(file, error).lexically_relative(fs::weakly_canonical(root_, error));
    auto part = below.begin();
    if (part == below.end() || *part++ != "networks" || part == below.end()) return {};
    return part->string();
}

std::vector<std::string> Library::tables(std::string_view wanted,
                                         const std::string& mapFile) const {
    std::error_code error;
    const fs::path root = fs::weakly_canonical(root_, error);
    fs::path folder = fs::weakly_canonical(fs::path(mapFile), error).parent_path();
    const bool below =
        wanted.find("..") == wanted.npos && wanted.find(':') == wanted.npos && wanted[0] != '/';
    if (!wanted.empty() && below) {
        for (;;) {
            for (const char* const under : {"tables", ""})
                for (const char* const extension : {".csv", ".json"}) {
                    const fs::path file = folder / under / (std::string(wanted) + extension);
                    if (isTable(file) && fs::is_regular_file(file, error) &&
                        tableUrl(file.string()))
                        return {file.string()};
                }
            if (folder == root || !folder.has_relative_path()) break;
            const fs::path above = folder.parent_path();
            if (!above.string().starts_with(root.string())) break;
            folder = above;
        }
    }
    std::vector<std::string> found;
    for (const std::string& file : tableFiles())
        if (const auto url = tableUrl(file);
            url && (fs::path(file).stem() == wanted || *url == wanted))
            // The same path as above: a table is one, however it was found.
            found.push_back(fs::weakly_canonical(file, error).string());
    return found;
}

std::vector<std::string> Library::tableNames() const {
    std::vector<std::string> names;
    for (const std::string& file : tableFiles())
        if (const auto url = tableUrl(file)) {
            names.push_back(fs::path(file).stem().string());
            names.push_back(*url);
        }
    return names;
}

std::vector<std::string> mapsBelow(const std::string& root) { return asText(mapFilesBelow(root)); }

std::string locateMap(std::string_view name, const std::string& root) {
    const fs::path wanted{std::string(name)};
    std::vector<std::string> found;
    for (const fs::path& file : mapFilesBelow(root)) {
        const std::string bare = (file.parent_path() / file.stem()).string();
        const std::string end = "/" + wanted.string();
        if (bare.ends_with(end) || bare == wanted.string()) found.push_back(file.string());
    }
    if (found.empty()) return {};
    const std::string change = found.front();
    std::erase_if(found, [](const std::string& file) { return changesAnother(headerOf(file)); });
    if (found.size() > 1)
        throw gateway::Error(
            gateway::Fault::rejected, root,
            gateway::say("map '{0}' stands in {1} and in {2}, expected one file of that name",
                         "la transformation « {0} » se trouve dans {1} et dans {2}, attendu un "
                         "seul fichier de ce nom",
                         {name, found[0], found[1]}));
    return found.empty() ? change : found[0];
}

}  // namespace fml
