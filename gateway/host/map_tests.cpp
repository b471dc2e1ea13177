#include "host/map_tests.h"

#include <algorithm>
#include <filesystem>

namespace gateway {
namespace {

namespace fs = std::filesystem;

/// What --update may write of an example of a network: nothing of the federation's.
Example ownPart(const Example& example) {
    Example own = example;
    if (example.shared.empty()) return own;
    for (std::string* const file : {&own.out, &own.issues})
        if (fs::path(*file).parent_path() != fs::path(own.folder)) file->clear();
    fs::create_directories(own.folder);
    return own;
}

}  // namespace

void Coverage::add(const std::vector<MapPart>& parts, const std::vector<std::uint64_t>& ran) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const MapPart& part = parts[i];
        Part& known = parts_[{part.where.file, part.where.line, part.where.column,
                              std::string(part.kind == MapPart::Kind::row ? "row" : "")}];
        known.part = part;
        if (i < ran.size()) known.ran += ran[i];
    }
}

void Coverage::add(const Coverage& other) {
    for (const auto& [key, one] : other.parts_) {
        Part& known = parts_[key];
        known.part = one.part;
        known.ran += one.ran;
    }
}

Coverage::Count Coverage::count(MapPart::Kind kind) const {
    Count count;
    for (const auto& [key, one] : parts_) {
        if (one.part.kind != kind) continue;
        ++count.all;
        if (one.ran > 0) ++count.ran;
    }
    return count;
}

unsigned Coverage::percent() const {
    const std::size_t all = rules().all + rows().all, ran = rules().ran + rows().ran;
    return all == 0 ? 100 : static_cast<unsigned>(100 * ran / all);
}

std::vector<MapPart> Coverage::idle() const {
    std::vector<MapPart> idle;
    for (const auto& [key, one] : parts_)
        if (one.ran == 0) idle.push_back(one.part);
    return idle;
}

std::size_t TestedMap::failed() const {
    return static_cast<std::size_t>(
        std::count_if(examples.begin(), examples.end(),
                      [](const TestedExample& example) { return !example.holds(); }));
}

MapTests::MapTests(const MapLanguage& language, CodecShelf& codecs, std::string library)
    : language_(language), codecs_(codecs), library_(std::move(library)) {
    if (fs::is_regular_file(library_)) {
        files_ = {library_};
        library_ = fs::path(library_).parent_path().string();
    } else if (fs::is_directory(library_)) {
        files_ = language.maps(library_);
    } else {
        throw Error(Fault::unavailable, library_,
                    {"there is no folder of maps and no map file",
                     "il n'y a ni dossier de transformations ni fichier de transformation"});
    }
}

std::unique_ptr<Transformer> MapTests::compile(const std::string& file, const std::string& network,
                                               Findings& findings) const {
    MapSurroundings around{library_, codecs_.models()};
    around.network = network;
    return language_.compile(file, around, findings);
}

std::vector<std::string> MapTests::networksOf(const std::string& file) const {
    std::vector<std::string> networks;
    std::error_code error;
    for (fs::directory_iterator at(fs::path(library_) / "networks", error), end;
         !error && at != end; at.increment(error)) {
        MapSurroundings around{library_, codecs_.models()};
        around.network = at->path().filename().string();
        if (at->is_directory() && language_.overrides(file, around))
            networks.push_back(around.network);
    }
    std::sort(networks.begin(), networks.end());
    return networks;
}

std::vector<Example> MapTests::examples(const std::string& file, const std::string& network) const {
    return network.empty() ? examplesOf(file)
                           : examplesOf(file, (fs::path(library_) / "networks" / network).string());
}

const Transformer* MapTests::reverseOf(const std::string& name, TestedMap& tested) {
    const std::string file = language_.locate(name, library_);
    if (file.empty()) {
        tested.findings.error(
            {tested.file, 0, 0},
            say("found reverse = '{0}', expected a map below {1}",
                "trouvé reverse = « {0} », attendu une transformation sous {1}", {name, library_}));
        return nullptr;
    }
    auto [known, fresh] = reverses_.try_emplace(tested.network + "\n" + file);
    if (fresh) known->second = compile(file, tested.network, tested.findings);
    return known->second.get();
}

TestedMap MapTests::test(const std::string& file, const std::string& network, bool update) {
    TestedMap tested;
    tested.file = file;
    tested.network = network;
    tested.name = fs::path(file).stem().string();
    const std::unique_ptr<Transformer> map = compile(file, network, tested.findings);
    if (map == nullptr) return tested;
    tested.reverse = map->facts().reverse;
    const Transformer* const back =
        tested.reverse.empty() ? nullptr : reverseOf(tested.reverse, tested);
    const ExampleRunner runner(codecs_);
    tested.coverage.add(map->parts(), {});
    for (const Example& example : examples(file, network)) {
        TestedExample one;
        one.name = example.name;
        one.run = runner.run(example, *map);
        if (update && !(one.run.holds() && !network.empty())) {
            one.update = runner.update(network.empty() ? example : ownPart(example), one.run);
            Example anew = example;
            for (const Example& each : examples(file, network))
                if (each.folder == example.folder) anew = each;
            one.run = runner.run(anew, *map);
        }
        tested.coverage.add(map->parts(), one.run.ran);
        one.wentBack = back != nullptr && !one.run.text.empty();
        if (one.wentBack) one.back = runner.runBack(example, *map, *back);
        tested.examples.push_back(std::move(one));
    }
    return tested;
}

}  // namespace gateway
