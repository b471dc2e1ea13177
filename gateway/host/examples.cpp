#include "host/examples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/config_reader.h"
#include "core/json_layout.h"
#include "core/json_log.h"
#include "gateway/pack.h"
#include "host/config_files.h"

namespace gateway {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExamples = "examples";

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        if (!at->path().filename().string().starts_with('.')) entries.push_back(at->path());
    std::sort(entries.begin(), entries.end());
    return entries;
}

/// The file STEM.* of a case, or the folder; empty when there is none.
std::string named(const fs::path& folder, std::string_view stem) {
    for (const fs::path& entry : entriesOf(folder))
        if (entry.stem() == stem && entry.extension() != ".md") return entry.string();
    return {};
}

bool isMap(const fs::path& file) {
    return file.extension() == ".map" || file.extension() == ".fml";
}

/// The map to which a case of that name belongs among those of one folder.
std::string ownerOf(const std::string& name, const std::vector<std::string>& maps) {
    if (maps.size() == 1) return maps.front();
    std::string owner;
    for (const std::string& map : maps) {
        const bool begins =
            name.starts_with(map) && (name.size() == map.size() || name[map.size()] == '-' ||
                                      name[map.size()] == '.' || name[map.size()] == '_');
        if (begins && map.size() > owner.size()) owner = map;
    }
    return owner;
}

Bytes bytesOf(const std::string& file) {
    if (fs::is_directory(file)) return packedFolder(file);
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    if (!in)
        throw Error(Fault::unavailable, file,
                    {"there is no readable file", "pas de fichier lisible"});
    content << in.rdbuf();
    return Bytes(content.str());
}

// ---- what the files beside `in` say ------------------------------------------------------------

/// Lines name=value of a case, after those that all cases share.
struct Surroundings {
    Context context;
    std::string from, to;
    std::vector<std::string> lossy;  ///< places that this case loses on its way there and back
};

void readContext(const fs::path& file, Surroundings& into) {
    std::ifstream in(file);
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t equals = line.find('=');
        if (equals == line.npos)
            throw Error(Fault::malformed, file.string() + ":" + std::to_string(number),
                        {"expected name=value", "attendu nom=valeur"});
        const std::string name = line.substr(0, equals), value = line.substr(equals + 1);
        if (name == "from")
            into.from = value;
        else if (name == "to")
            into.to = value;
        else if (name == "lossy")
            into.lossy.push_back(value);
        else
            into.context.set(name, value);
    }
}

Surroundings surroundingsOf(const Example& example) {
    Surroundings around;
    around.context.set("time", "2026-03-02T09:15:00.000Z");
    around.context.set("control-id", "EXAMPLE0000000000001");
    around.context.seed = "example";
    for (const fs::path folder : {example.shared, example.folder}) {
        if (folder.empty()) continue;
        if (folder.parent_path().filename() == kExamples)
            readContext(folder.parent_path() / "context", around);
        readContext(folder / "context", around);
    }
    around.context.now = timeFromText(around.context.get("time"));
    return around;
}

CodecSetup codecFor(const std::string& word, CodecShelf& codecs) {
    Findings findings;
    CodecSetup codec = codecNamed(word, codecs, findings);
    if (!findings.failed()) return codec;
    const Finding& first = findings.all().front();
    throw Error(Fault::unsupported, "context", {first.text, first.fr});
}

// ---- issues ------------------------------------------------------------------------------------

/// An issue by the keys of issues.json.
std::vector<std::pair<std::string_view, std::string>> keysOf(const Issue& issue) {
    const std::size_t space = issue.rule.find(' ');  // lines and columns change, names stay
    std::vector<std::pair<std::string_view, std::string>> keys = {
        {"severity", std::string(toText(issue.severity))},
        {"where", issue.where},
        {"rule", space == issue.rule.npos ? "" : issue.rule.substr(space + 1)},
        {"en", issue.text.en},
        {"fr", issue.text.fr},
        {"code", issue.code}};
    std::erase_if(keys, [](const auto& key) { return key.second.empty(); });
    return keys;
}

std::string jsonOf(const Issues& issues) {
    std::string json = "[";
    for (const Issue& issue : issues.all()) {
        json += json.size() > 1 ? ",{" : "{";
        bool first = true;
        for (const auto& [key, value] : keysOf(issue)) {
            json += (first ? "" : ",") + jsonText(key) + ":" + jsonText(value);
            first = false;
        }
        json += "}";
    }
    return indentedJson(json + "]");
}

std::string spelled(const Issue& issue) {
    return std::string(toText(issue.severity)) + " " + issue.where;
}

/// A wanted text that ends in "…" is how the found one begins: what a table lists grows.
bool fits(std::string_view found, std::string_view wanted) {
    constexpr std::string_view kMore = "…";
    if (!wanted.ends_with(kMore)) return found == wanted;
    return found.starts_with(wanted.substr(0, wanted.size() - kMore.size()));
}

bool says(const Issue& issue, const ConfigNode& wanted) {
    const auto keys = keysOf(issue);
    return std::all_of(wanted.items.begin(), wanted.items.end(), [&](const auto& item) {
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const auto& one) { return one.first == item.first; });
        return fits(key == keys.end() ? "" : key->second, item.second.text);
    });
}

std::vector<ConfigNode> expectedIssues(const Example& example) {
    if (example.issues.empty()) return {};
    Findings findings;
    const std::string text = readFile(example.issues, findings);
    const ConfigNode root = parseConfig(text, example.issues, findings);
    const ConfigNode& list = root.kind == ConfigNode::Kind::map ? child(root, "issues") : root;
    if (findings.failed() || list.kind == ConfigNode::Kind::scalar)
        throw Error(Fault::malformed, example.issues,
                    {"expected a JSON list of issues", "attendu une liste JSON de constats"});
    std::vector<ConfigNode> all;
    for (const auto& [key, one] : list.items) {
        for (const auto& [name, value] : one.items)
            if (std::string_view known[] = {"severity", "where", "rule", "en", "fr", "code"};
                std::find(std::begin(known), std::end(known), name) == std::end(known))
                throw Error(Fault::malformed, value.where.text(),
                            say("found key '{0}', expected severity, where, rule, en, fr or code",
                                "trouvé la clé « {0} », attendu severity, where, rule, en, fr ou "
                                "code",
                                {name}));
        all.push_back(one);
    }
    return all;
}

void compareIssues(const Example& example, ExampleRun& run) {
    const std::vector<ConfigNode> wanted = expectedIssues(example);
    std::vector<bool> met(wanted.size());
    for (const Issue& issue : run.issues.all()) {
        std::size_t i = 0;
        while (i < wanted.size() && (met[i] || !says(issue, wanted[i]))) ++i;
        if (i < wanted.size())
            met[i] = true;
        else
            run.wrong.push_back(say("an issue that is not expected: {0}: {1}",
                                    "un constat qui n'est pas attendu : {0} : {1}",
                                    {spelled(issue), issue.text}));
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (met[i]) continue;
        std::string text;
        for (const auto& [key, value] : wanted[i].items)
            text += (text.empty() ? "" : ", ") + key + " " + value.text;
        run.wrong.push_back(say("an issue is missing: {0}", "un constat manque : {0}", {text}));
    }
}

// ---- running -----------------------------------------------------------------------------------

bool isJson(const std::string& file) { return file.ends_with(".json"); }

/// One tree on its way, with the codec that read or wrote it.
struct Leg {
    Document tree;
    CodecSetup codec;
    std::string text;
};

Leg readLeg(const std::string& file, const std::string& word, CodecShelf& codecs) {
    Leg leg;
    const Bytes body = bytesOf(file);
    leg.codec = word.empty() ? codecReading(body, file, codecs) : codecFor(word, codecs);
    Issues ignored;  // what a codec says of an example's input is not what the map says
    leg.tree = leg.codec.codec->decode(body, ignored);
    return leg;
}

/// The codec of the result: as the context names it, as the expected file has it, else by its root.
CodecSetup writerOf(Node root, const std::string& word, const Leg* expected, CodecShelf& codecs) {
    if (!word.empty()) return codecFor(word, codecs);
    try {
        CodecSetup known = codecWriting(root, codecs);
        if (known.codec->model() != nullptr || expected == nullptr) return known;
    } catch (const Error&) {
        if (expected == nullptr) throw;
    }
    return expected->codec;
}

bool held(const Issues& issues, const Transformer& map) {
    return issues.worst() == Severity::fatal ||
           (issues.worst() == Severity::error && !map.facts().deliversWithErrors);
}

/// Runs the map and encodes what it made; an empty text when the map held it.
Leg translated(const Leg& in, const Transformer& map, const Surroundings& around,
               const Leg* expected, CodecShelf& codecs, ExampleRun& run) {
    Leg out;
    Report report;
    Explanation explanation;
    report.explanation = &explanation;
    try {
        out.tree = map.transform(in.tree, around.context, report);
        Sink sink;
        if (!held(report.issues, map)) {
            out.codec = writerOf(out.tree.root(), around.to, expected, codecs);
            out.codec.codec->encode(out.tree, sink, report.issues);
        }
        if (!held(report.issues, map)) out.text = sink.text();
    } catch (const Error& error) {
        report.issues.add(Severity::fatal, error.where, error.reason());
    }
    run.issues.append(report.issues);
    run.ran = std::move(explanation.ran);
    return out;
}

Document decoded(const Leg& leg) {
    Issues ignored;
    return leg.codec.codec->decode(Bytes::copy(leg.text), ignored);
}

void compareResult(const Example& example, const Leg& made, const Leg* expected, ExampleRun& run) {
    if (made.text.empty() && expected != nullptr)
        run.wrong.push_back({"the map held what it should have translated",
                             "la transformation a retenu ce qu'elle devait traduire"});
    if (made.text.empty()) return;
    if (expected == nullptr) {
        run.wrong.push_back(say("there is no out.{0}; --update writes it",
                                "il n'y a pas de out.{0} ; --update l'écrit", {run.extension}));
        return;
    }
    Comparison how;
    how.ordered = !isJson(example.out);
    const Document found = decoded(made);
    run.differences = differences(expected->tree.root(), found.root(), how);
}

/// Runs `work` and keeps what stops it among what is wrong.
template <class Work>
ExampleRun guarded(const Work& work) {
    ExampleRun run;
    try {
        work(run);
    } catch (const Error& error) {
        run.wrong.push_back(say(error.where.empty() ? "{1}" : "{0}: {1}",
                                error.where.empty() ? "{1}" : "{0} : {1}",
                                {error.where, error.reason()}));
    }
    return run;
}

// ---- there and back ----------------------------------------------------------------------------

/// The path without the numbers of repetitions.
std::string withoutNumbers(std::string_view path) {
    std::string text;
    bool inside = false;
    for (const char c : path) {
        if (c == '[') inside = true;
        if (!inside) text += c;
        if (c == ']') inside = false;
    }
    return text;
}

bool covers(std::string_view lossy, std::string_view path) {
    if (lossy.size() > 1 && lossy.ends_with('/')) lossy.remove_suffix(1);
    if (!path.starts_with(lossy)) return false;
    return path.size() == lossy.size() || lossy.ends_with('/') ||
           std::string_view("/.-[").find(path[lossy.size()]) != std::string_view::npos;
}

bool coversAny(std::string_view lossy, const std::string& path) {
    return covers(lossy, path) || covers(lossy, withoutNumbers(path));
}

bool declaredLossy(const std::string& path, const Transformer& map) {
    const auto& all = map.facts().lossy;
    return std::any_of(all.begin(), all.end(),
                       [&](const MapFacts::Lossy& lossy) { return coversAny(lossy.path, path); });
}

void tellErrors(const Issues& issues, ExampleRun& run) {
    for (const Issue& issue : issues.all())
        if (issue.severity >= Severity::error)
            run.wrong.push_back(say("{0}: {1}", "{0} : {1}", {spelled(issue), issue.text}));
}

bool write(const std::string& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    return static_cast<bool>(out.flush());
}

/// As people read and compare it: JSON indented, what ends its lines with CR with a line on each.
std::string forEyes(const ExampleRun& run) {
    if (run.extension == "json") return indentedJson(run.text);
    std::string text = run.text;
    if (text.find('\n') == text.npos) std::replace(text.begin(), text.end(), '\r', '\n');
    return text;
}

}  // namespace

std::vector<Example> examplesOf(const std::string& mapFile) {
    const fs::path file(mapFile), folder = file.has_parent_path() ? file.parent_path() : ".";
    const std::string map = file.stem().string();
    std::vector<std::string> maps;
    for (const fs::path& entry : entriesOf(folder))
        if (isMap(entry)) maps.push_back(entry.stem().string());
    std::vector<Example> found;
    for (const fs::path& below : {folder, folder / kExamples})
        for (const fs::path& entry : entriesOf(below)) {
            if (!fs::is_directory(entry) || entry.filename() == kExamples) continue;
            Example one{entry.filename().string(),
                        entry.string(),
                        named(entry, "in"),
                        named(entry, "out"),
                        {}};
            if (one.in.empty() || ownerOf(one.name, maps) != map) continue;
            if (fs::exists(entry / "issues.json")) one.issues = (entry / "issues.json").string();
            found.push_back(std::move(one));
        }
    return found;
}

std::vector<Example> examplesOf(const std::string& mapFile, const std::string& networkFolder) {
    std::vector<Example> all = examplesOf(mapFile);
    const fs::path theirs = fs::path(networkFolder) / fs::path(mapFile).stem();
    for (Example& one : all) {
        one.shared = one.folder;
        one.folder = (theirs / kExamples / one.name).string();
    }
    for (const fs::path& below : {theirs, theirs / kExamples})
        for (const fs::path& entry : entriesOf(below)) {
            if (!fs::is_directory(entry) || entry.filename() == kExamples) continue;
            Example own{entry.filename().string(),
                        entry.string(),
                        named(entry, "in"),
                        named(entry, "out"),
                        {}};
            if (fs::exists(entry / "issues.json")) own.issues = (entry / "issues.json").string();
            const auto same = std::find_if(
                all.begin(), all.end(), [&](const Example& one) { return one.name == own.name; });
            if (same == all.end()) {
                if (!own.in.empty()) all.push_back(std::move(own));
                continue;
            }
            if (own.in.empty()) {
                own.in = same->in;
                own.shared = same->shared;
                if (own.out.empty() && own.issues.empty()) {
                    own.out = same->out;
                    own.issues = same->issues;
                }
            }
            *same = std::move(own);
        }
    return all;
}

ExampleRun ExampleRunner::run(const Example& example, const Transformer& map) const {
    return guarded([&](ExampleRun& run) {
        const Surroundings around = surroundingsOf(example);
        const Leg in = readLeg(example.in, around.from, codecs_);
        Leg wanted;
        if (!example.out.empty()) wanted = readLeg(example.out, around.to, codecs_);
        const Leg* const expected = example.out.empty() ? nullptr : &wanted;
        const Leg made = translated(in, map, around, expected, codecs_, run);
        run.text = made.text;
        if (!made.text.empty()) run.extension = made.codec.codec->extension();
        compareIssues(example, run);
        run.saysRight = run.wrong.empty();
        compareResult(example, made, expected, run);
        run.givesRight = run.differences.empty() && made.text.empty() == (expected == nullptr);
    });
}

ExampleRun ExampleRunner::runBack(const Example& example, const Transformer& map,
                                  const Transformer& back) const {
    return guarded([&](ExampleRun& run) {
        Surroundings around = surroundingsOf(example);
        const Leg in = readLeg(example.in, around.from, codecs_);
        Leg there = translated(in, map, around, nullptr, codecs_, run);
        if (there.text.empty()) return tellErrors(run.issues, run);
        there.tree = decoded(there);
        around.to = around.from;
        const Leg again = translated(there, back, around, &in, codecs_, run);
        tellErrors(run.issues, run);
        if (again.text.empty()) return;
        run.text = again.text;
        Comparison how;
        how.ordered = !isJson(example.in);
        how.emptyCounts = false;  // no map can tell them from what is not there
        how.most = 10'000;
        const Document found = decoded(again);
        run.differences = differences(in.tree.root(), found.root(), how);
        const std::size_t all = run.differences.all.size();
        std::erase_if(run.differences.all, [&](const Difference& one) {
            return declaredLossy(one.path, map) || declaredLossy(one.path, back) ||
                   std::any_of(
                       around.lossy.begin(), around.lossy.end(),
                       [&](const std::string& lossy) { return coversAny(lossy, one.path); });
        });
        run.differences.count -= all - run.differences.all.size();
    });
}

ExampleUpdate ExampleRunner::update(const Example& example, const ExampleRun& run) const {
    ExampleUpdate done;
    const auto put = [&](const std::string& file, const std::string& text) {
        Findings unread;
        if (fs::exists(file) && readFile(file, unread) == text) return;
        if (!write(file, text))
            throw Error(Fault::unavailable, file, {"cannot be written", "ne peut être écrit"});
        done.written.push_back(file);
    };
    const auto drop = [&](const std::string& file) {
        fs::remove_all(file);
        done.removed.push_back(file);
    };
    const std::string issues = example.folder + "/issues.json";
    if (!run.saysRight && !run.issues.empty())
        put(issues, jsonOf(run.issues));
    else if (!run.saysRight && !example.issues.empty())
        drop(example.issues);
    done.kept = run.text.empty() && !example.out.empty();
    if (run.text.empty() || run.givesRight) return done;
    const std::string out = example.folder + "/out." + run.extension;
    if (!example.out.empty() && example.out != out) drop(example.out);
    const Bytes body = Bytes::copy(run.text);
    if (!unpacked(body)) {
        put(out, forEyes(run));
    } else {
        fs::remove_all(out);
        unpackInto(out, body);
        done.written.push_back(out);
    }
    return done;
}

}  // namespace gateway
