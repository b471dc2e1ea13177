#include "aliases.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "common/csv/reader.h"

namespace care_circle {
namespace {
using namespace gateway;
namespace fs = std::filesystem;

std::string textOf(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return text;
}

}  // namespace

std::string Aliases::fileOf(std::string_view network) {
    return "networks/" + std::string(network) + "/aliases.csv";
}

void Aliases::read(const std::string& folder, Findings& findings) {
    std::error_code failed;
    for (const fs::directory_entry& network : fs::directory_iterator(folder, failed)) {
        const fs::path file = network.path() / "aliases.csv";
        if (fs::is_regular_file(file, failed))
            readTable(network.path().filename().string(), file.string(), findings);
    }
}

void Aliases::readTable(const std::string& network, const std::string& file, Findings& findings) {
    const std::string text = textOf(file);
    csv::Reader rows(text);
    const auto place = [&] { return Place{file, rows.line(), 0}; };
    bool header = true;
    while (rows.next()) {
        if (rows.mistake()) findings.error(place(), rows.mistake()->text);
        if (rows.blank() || rows[0].starts_with('#')) continue;
        if (header) {
            header = false;
            if (rows[0] == "member" && rows[1] == "partner") continue;
            findings.error(place(), {"expected the columns member,partner,comment",
                                     "colonnes attendues : member,partner,comment"});
            return;
        }
        if (rows[0].empty() || rows[1].empty()) {
            findings.error(place(),
                           {"a row needs a member and a partner",
                            "une ligne doit nommer un membre (member) et un partenaire (partner)"});
            continue;
        }
        const auto [at, fresh] =
            networks_[network].emplace(rows[0], Alias{std::string(rows[1]), rows.line()});
        if (!fresh)
            findings.error(place(), say("this member stands in line {0} already",
                                        "ce membre figure déjà à la ligne {0}",
                                        {std::to_string(at->second.line)}));
    }
}

const Alias* Aliases::find(std::string_view network, std::string_view words) const {
    const auto table = networks_.find(network);
    if (table == networks_.end()) return nullptr;
    const auto row = table->second.find(words);
    return row == table->second.end() ? nullptr : &row->second;
}

}  // namespace care_circle
