#include "host/check_examples.h"

#include <filesystem>

#include "host/examples.h"
#include "host/map_shelf.h"

namespace gateway {
namespace {

/// What is wrong with one example, in one sentence: the first difference stands for all.
Reason wrongWith(const ExampleRun& run) {
    const std::size_t more = run.wrong.size() + run.differences.count - 1;
    const Reason first = run.wrong.empty() ? run.differences.all.front().text() : run.wrong.front();
    if (more == 0) return first;
    return say("{0} (and {1} more)", "{0} (et {1} autres)", {first, std::to_string(more)});
}

class Check {
public:
    Check(CodecShelf& codecs, std::string library, Findings& findings)
        : runner_(codecs), library_(std::move(library)), findings_(findings) {}

    void run(const MapSetup& map, const std::string& file) {
        for (const Example& example : examplesOf(file)) run(example, *map.map, map.name);
        for (const auto& [network, changed] : map.changed)
            for (const Example& example : examplesOf(file, library_ + "/networks/" + network))
                run(example, *changed,
                    say("{0} as the network '{1}' changes it",
                        "{0} telle que le réseau « {1} » la modifie", {map.name, network}));
    }

private:
    void run(const Example& example, const Transformer& map, const Reason& name) {
        const ExampleRun run = runner_.run(example, map);
        if (run.holds()) return;
        const std::string& folder =
            std::filesystem::exists(example.folder) ? example.folder : example.shared;
        findings_.error({folder, 0, 0},
                        say("the example '{0}' of the map {1} fails: {2}",
                            "l'exemple « {0} » de la transformation {1} échoue : {2}",
                            {example.name, name, wrongWith(run)}));
    }

    const ExampleRunner runner_;
    const std::string library_;
    Findings& findings_;
};

}  // namespace

void checkExamples(const ConfigFiles& files, const PluginHost& host, Configuration& made) {
    if (made.findings.failed()) return;
    const std::shared_ptr<const MapLanguage> language = mapLanguage(host, made.findings);
    if (language == nullptr) return;
    Findings read;  // configure() has told
    Config main(files.main.root, files.folder, read);
    const std::string library = main.path("mappings", "mappings");
    CodecShelf codecs(host);
    Check check(codecs, library, made.findings);
    for (const auto& [name, map] : made.setup->maps)
        check.run(map, language->locate(name, library));
}

}  // namespace gateway
