#include "host/config_change.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/digest.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

/// Told one by one.
constexpr std::size_t kMost = 100;

void add(std::map<std::string, std::string>& hashes, const fs::path& file, const fs::path& folder) {
    std::ifstream in(file, std::ios::binary);
    const std::string content((std::istreambuf_iterator<char>(in)), {});
    if (in.good() || in.eof()) hashes[file.lexically_relative(folder).string()] = sha256(content);
}

}  // namespace

std::map<std::string, std::string> configHashes(const ConfigFiles& files) {
    std::map<std::string, std::string> hashes;
    const fs::path folder(files.folder);
    std::string maps(child(files.main.root, "mappings").text);
    if (maps.empty()) maps = "mappings";
    add(hashes, files.main.path, folder);
    for (const std::string& part : {std::string("partners"), std::string("endpoints"), maps}) {
        std::error_code error;
        for (fs::recursive_directory_iterator at(folder / part, error), end; !error && at != end;
             at.increment(error))
            if (at->is_regular_file(error)) add(hashes, at->path(), folder);
    }
    return hashes;
}

void tellChange(AuditRecord& record, const std::map<std::string, std::string>& before,
                const std::map<std::string, std::string>& after) {
    std::map<std::string, std::string> changed;
    for (const auto& [file, hash] : before)
        if (const auto now = after.find(file); now == after.end() || now->second != hash)
            changed[file] = hash + " " + (now == after.end() ? "-" : now->second);
    for (const auto& [file, hash] : after)
        if (!before.contains(file)) changed[file] = "- " + hash;
    record.details["changed_files"] = std::to_string(changed.size());
    for (const auto& [file, hashes] : changed) {
        record.about.push_back(file);
        if (record.about.size() <= kMost) record.details[file] = hashes;
    }
}

}  // namespace gateway
