#include "common/logical/files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>

namespace logical {
namespace fs = std::filesystem;
using gateway::Findings;

namespace {

File read(const std::string& name, Findings& findings) {
    std::ifstream in(name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
        findings.error({name, 0, 0}, {"found no readable file, expected a logical model",
                                      "pas de fichier lisible, attendu un modèle logique"});
    return {name, text.str()};
}

/// Models are read anew only when their texts, or the models that they speak of, are others.
struct Shelf {
    std::mutex mutex;
    std::map<std::string, std::unique_ptr<const Model>> models;  // guarded by mutex
};

}  // namespace

std::vector<std::string> filesBelow(const std::string& library, std::string_view folder) {
    std::vector<std::string> files;
    std::error_code error;
    if (library.empty() || !fs::is_directory(library, error)) return files;
    constexpr auto kSkip = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator at(library, kSkip, error), end; !error && at != end;
         at.increment(error))
        if (at->path().extension() == ".json" && at->path().parent_path().filename() == folder)
            files.push_back(at->path().string());
    std::sort(files.begin(), files.end());
    return files;
}

const Model* modelOf(const std::vector<std::string>& files,
                     const std::vector<const gateway::Model*>& others, Findings& findings) {
    if (files.empty()) return nullptr;
    const std::size_t before = findings.errors();
    std::vector<File> all;
    std::string key;
    for (const gateway::Model* const other : others) key += std::string(other->name()) + '\n';
    for (const std::string& file : files) {
        all.push_back(read(file, findings));
        key += all.back().name + '\0' + all.back().text + '\0';
    }
    if (findings.errors() > before) return nullptr;
    static Shelf shelf;
    const std::lock_guard lock(shelf.mutex);
    std::unique_ptr<const Model>& model = shelf.models[key];
    if (model == nullptr) model = std::make_unique<const Model>(all, others, findings);
    if (findings.errors() == before) return model.get();
    shelf.models.erase(key);
    return nullptr;
}

Asked ask(gateway::Config& config, const std::string& otherwise) {
    Asked asked{config.text("model", otherwise)};
    std::vector<std::string> files;
    if (asked.name.ends_with(".json")) {
        files.push_back(config.file("model"));
        asked.name = fs::path(asked.name).stem().string();
    } else if (config.has("model")) {
        const fs::path folder = config.folder().empty() ? "." : config.folder();
        files = filesBelow((folder / "mappings").string());
        std::erase_if(files,
                      [&](const std::string& file) { return fs::path(file).stem() != asked.name; });
    }
    Findings findings;
    const Model* const model = modelOf(files, {}, findings);
    for (const gateway::Finding& finding : findings.all())
        config.findings().error(config.where("model"), {finding.where.text() + ": " + finding.text,
                                                        finding.where.text() + " : " +
                                                            finding.in(gateway::Spoken::french)});
    if (model && !model->roots().empty()) asked.type = model->roots().front();
    return asked;
}

}  // namespace logical
