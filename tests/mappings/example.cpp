#include "example.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace examples {
namespace {

namespace fs = std::filesystem;
using gateway::Node;

std::string inputOf(const std::string& folder) {
    for (const char* const name : {"/in.json", "/in.hl7"})
        if (fs::exists(folder + name)) return folder + name;
    throw std::runtime_error("there is neither in.json nor in.hl7");
}

std::string extensionOf(const std::string& file) { return fs::path(file).extension().string(); }

gateway::Context contextOf(const std::string& folder) {
    gateway::Context context;
    context.set("time", "2026-03-02T09:15:00.000Z");
    context.set("control-id", "EXAMPLE0000000000001");
    context.seed = "example";
    if (fs::exists(folder + "/context")) {
        std::istringstream lines(support::fileText(folder + "/context"));
        for (std::string line; std::getline(lines, line);) {
            const std::size_t equals = line.find('=');
            if (equals == line.npos) throw std::runtime_error("context: expected name=value");
            context.set(line.substr(0, equals), line.substr(equals + 1));
        }
    }
    context.now = gateway::timeFromText(context.get("time"));
    return context;
}

std::string lineOf(const gateway::Issue& issue) {
    return std::string(toText(issue.severity)) + " " + issue.where + ": " +
           (issue.text.fr.empty() ? issue.text.en : issue.text.fr) + "\n";
}

/// One line of JSON on many, two spaces a level: written for eyes and diffs.
std::string indented(const std::string& json) {
    std::string out;
    std::size_t depth = 0;
    bool inText = false;
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText || c == '"') {
            out += c;
            if (c == '\\') out += json[++i];
            if (c == '"') inText = !inText;
            continue;
        }
        if (c == '}' || c == ']') out += "\n" + std::string(2 * --depth, ' ');
        out += c;
        if (c == '{' || c == '[') ++depth;
        if (c == '{' || c == '[' || c == ',') out += "\n" + std::string(2 * depth, ' ');
        if (c == ':') out += ' ';
    }
    return out + "\n";
}

std::string named(Node node) {
    if (!node) return "nothing";
    if (node.hasText()) return "'" + std::string(node.text()) + "'";
    if (node.isNull()) return "null";
    return node.firstChild() ? "a group" : "an empty node";
}

void write(const std::string& file, const std::string& text) {
    std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

std::vector<std::string> casesBelow(const std::string& folder) {
    std::vector<std::string> cases;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_directory() && entry.path().parent_path().filename() == "examples")
            cases.push_back(entry.path().string());
    std::sort(cases.begin(), cases.end());
    return cases;
}

std::string firstDifference(Node expected, Node found) {
    const auto differ = [&] {
        return (expected ? expected : found).path() + ": expected " + named(expected) +
               (expected && found && expected.name() != found.name()
                    ? " under the name '" + std::string(expected.name()) + "'"
                    : "") +
               ", found " + named(found) +
               (expected && found && expected.name() != found.name()
                    ? " under the name '" + std::string(found.name()) + "'"
                    : "");
    };
    if (!expected && !found) return {};
    if (!expected || !found || expected.name() != found.name() || expected.text() != found.text() ||
        expected.hasText() != found.hasText() || expected.kind() != found.kind())
        return differ();
    auto left = expected.children().begin(), right = found.children().begin();
    const auto end = expected.children().end();
    while (left != end || right != end) {
        const Node one = left != end ? *left++ : Node();
        const Node other = right != end ? *right++ : Node();
        const std::string difference = firstDifference(one, other);
        if (!difference.empty()) return difference;
    }
    return {};
}

Runner::Runner(std::string library)
    : library_(std::move(library)),
      plugins_({"transform_fml", "codec_json", "codec_fhir", "codec_hl7v2"}),
      language_(plugins_.language("fml")),
      json_(plugins_.codec("json")),
      fhir_(plugins_.codec("fhir")),
      hl7v2_(plugins_.codec("hl7v2")) {}

gateway::Document Runner::decode(const gateway::Codec& codec, const std::string& text) const {
    gateway::Issues issues;
    return codec.decode(gateway::Bytes::copy(text), issues);
}

const gateway::Transformer& Runner::map(const std::string& name) {
    auto& compiled = maps_[name];
    if (!compiled) {
        gateway::MapSurroundings around{library_, {}};
        for (const auto* const codec : {fhir_.get(), hl7v2_.get(), json_.get()})
            if (codec->model()) around.models.push_back(codec->model());
        gateway::Findings findings;
        compiled = language_->compile(language_->locate(name, library_), around, findings);
        if (!compiled) throw std::runtime_error("the map does not compile");
    }
    return *compiled;
}

const gateway::Codec& Runner::codecOf(const std::string& extension, const std::string& text) const {
    if (extension == ".hl7") return *hl7v2_;
    return text.find("\"resourceType\"") == text.npos ? *json_ : *fhir_;
}

const gateway::Codec& Runner::codecFor(Node root) const {
    const gateway::Model& r4 = *fhir_->model();
    if (r4.type(root.nameOf()) || (!root.type().empty() && r4.type(root.typeOf()))) return *fhir_;
    return root.child("MSH") ? *hl7v2_ : *json_;
}

Runner::Made Runner::run(const std::string& folder) {
    const std::string file = inputOf(folder), text = support::fileText(file);
    const gateway::Document in = decode(codecOf(extensionOf(file), text), text);
    gateway::Report report;
    Made made;
    try {
        const std::string name = fs::path(folder).parent_path().parent_path().filename();
        const gateway::Document out = map(name).transform(in, contextOf(folder), report);
        const gateway::Codec& codec = codecFor(out.root());
        gateway::Sink sink;
        if (report.issues.worst() < gateway::Severity::error)
            codec.encode(out, sink, report.issues);
        made.text = sink.text();
        made.extension = codec.extension();
    } catch (const gateway::Error& error) {
        made.issues = "fatal " + error.where + ": " + error.what() + "\n";
    }
    for (const gateway::Issue& issue : report.issues.all()) made.issues += lineOf(issue);
    return made;
}

std::string Runner::check(const std::string& folder) try {
    const Made made = run(folder);
    const std::string issues = fs::exists(folder + "/issues.txt")
                                   ? support::fileText(folder + "/issues.txt")
                                   : std::string();
    if (made.issues != issues) return "issues: expected\n" + issues + "found\n" + made.issues;
    const std::string file = folder + "/out." + made.extension;
    if (made.text.empty())
        return fs::exists(folder + "/out.json") || fs::exists(folder + "/out.hl7")
                   ? "the map held what it should have translated"
                   : "";
    if (!fs::exists(file)) return "there is no out." + made.extension;
    const std::string wanted = support::fileText(file);
    const gateway::Codec& codec = codecOf("." + made.extension, wanted);
    const gateway::Document expected = decode(codec, wanted), found = decode(codec, made.text);
    return firstDifference(expected.root(), found.root());
} catch (const std::exception& error) {
    return error.what();
}

void Runner::update(const std::string& folder) {
    const Made made = run(folder);
    for (const char* const name : {"/out.json", "/out.hl7", "/issues.txt"})
        fs::remove(folder + name);
    if (!made.issues.empty()) write(folder + "/issues.txt", made.issues);
    if (made.text.empty()) return;
    std::string text = made.text;
    std::replace(text.begin(), text.end(), '\r', '\n');
    write(folder + "/out." + made.extension, made.extension == "json" ? indented(text) : text);
}

}  // namespace examples
