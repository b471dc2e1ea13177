#include "host/codec_choice.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/config_reader.h"
#include "core/spoken_place.h"

namespace gateway {
namespace {

ConfigNode scalar(std::string_view value) {
    ConfigNode node;
    node.kind = ConfigNode::Kind::scalar;
    node.text = value;
    return node;
}

ConfigNode map() {
    ConfigNode node;
    node.kind = ConfigNode::Kind::map;
    return node;
}

/// "json:model=relai-pps,lines=true" as {json: {model: relai-pps, lines: true}}.
ConfigNode withOptions(const std::string& word, std::size_t colon) {
    ConfigNode options = map(), choice = map();
    for (std::size_t at = colon; at < word.size();) {
        const std::size_t end = std::min(word.find(',', at + 1), word.size());
        const std::string one = word.substr(at + 1, end - at - 1);
        const std::size_t equals = std::min(one.find('='), one.size());
        options.items.emplace_back(one.substr(0, equals),
                                   scalar(one.substr(std::min(equals + 1, one.size()))));
        at = end;
    }
    choice.items.emplace_back(word.substr(0, colon), std::move(options));
    return choice;
}

ConfigNode choiceOf(const std::string& word, Findings& findings) {
    ConfigNode choice = parseConfig(word, {}, findings);
    if (findings.failed() || choice.kind != ConfigNode::Kind::scalar) return choice;
    const std::size_t colon = word.find(':');
    return colon == word.npos ? choice : withOptions(word, colon);
}

/// Puts `extra` beside the options that stand there, or in their place.
void add(ConfigNode& choice, const std::vector<std::pair<std::string, std::string>>& extra) {
    if (extra.empty()) return;
    if (choice.kind == ConfigNode::Kind::scalar) {
        ConfigNode named = map();
        named.items.emplace_back(choice.text, map());
        choice = std::move(named);
    }
    if (choice.items.empty()) return;
    ConfigNode& options = choice.items.front().second;
    options.kind = ConfigNode::Kind::map;
    for (const auto& [name, value] : extra) {
        std::erase_if(options.items, [&](const auto& item) { return item.first == name; });
        options.items.emplace_back(name, scalar(value));
    }
}

/// Whether the root is a document of the codec's model.
bool knows(const Codec& codec, Node root) {
    const Model* const model = codec.model();
    if (model == nullptr) return false;
    const auto isDocument = [](const ModelType* type) {
        return type != nullptr && type->kind == ModelType::Kind::resource;
    };
    return isDocument(model->type(root.nameOf())) ||
           (!root.type().empty() && isDocument(model->type(root.typeOf())));
}

std::string oneOf(const std::vector<CodecSetup>& codecs) {
    std::string names;
    for (const CodecSetup& one : codecs) names += (names.empty() ? "" : ", ") + one.name;
    return names;
}

/// Whether they are one codec, or spellings of one format: the first is the one to take.
bool oneFormat(const std::vector<CodecSetup>& known) {
    return !known.empty() && std::all_of(known.begin(), known.end(), [&](const CodecSetup& one) {
        return one.codec->model() == known.front().codec->model();
    });
}

/// What writes any tree as JSON.
std::vector<CodecSetup> genericJson(const CodecShelf& codecs) {
    std::vector<CodecSetup> fit = codecs.plain();
    std::erase_if(fit, [](const CodecSetup& one) {
        return one.codec->model() != nullptr || one.codec->extension() != "json";
    });
    return fit;
}

/// A codec that reads the body.
struct Reading {
    CodecSetup codec;
    bool known = false;     ///< its model knows the root
    bool named = false;     ///< the file's name ends as its files do
    std::size_t nodes = 0;  ///< how much it made of the body
};

/// Leaves the readings for which `good` holds; all when there is none.
template <class Good>
void prefer(std::vector<Reading>& all, Good good) {
    if (std::any_of(all.begin(), all.end(), good))
        std::erase_if(all, [&](const Reading& one) { return !good(one); });
}

/// Plain text is read by any codec of texts: a format with a grammar of its own goes before.
bool hasGrammar(const Reading& one) { return !one.codec.codec->mediaType().starts_with("text/"); }

/// Whether the file ends as the codec's files do; of a folder, one of its files.
bool isNamed(const Codec& codec, const std::string& file) {
    namespace fs = std::filesystem;
    const std::string ending = "." + std::string(codec.extension());
    const auto ends = [&](const fs::path& path) { return path.extension() == ending; };
    std::error_code error;
    if (!fs::is_directory(file, error)) return ends(file);
    for (const fs::directory_entry& one : fs::directory_iterator(file, error))
        if (ends(one.path())) return true;
    return false;
}

/// All that read the body and either know its root or take any.
/// @param refusal   of a codec whose files end as this one
/// @param refusing  its name
std::vector<Reading> readings(const Bytes& body, const std::string& file, const CodecShelf& codecs,
                              std::optional<Error>& refusal, std::string& refusing) {
    std::vector<Reading> reads;
    for (const CodecSetup& one : codecs.plain()) {
        const bool named = isNamed(*one.codec, file);
        try {
            Issues issues;
            const Document tree = one.codec->decode(body, issues);
            const bool known = knows(*one.codec, tree.root());
            if (!known && one.codec->model() != nullptr) continue;
            if (!named && one.codec->mediaType() == "text/plain") continue;
            reads.push_back({one, known, named, tree.nodes()});
        } catch (const Error& error) {
            if (!named || (refusal && one.codec->model() != nullptr)) continue;
            refusal.emplace(error);
            refusing = one.name;
        }
    }
    return reads;
}

}  // namespace

CodecSetup codecReading(const Bytes& body, const std::string& file, const CodecShelf& codecs) {
    std::optional<Error> refusal;
    std::string refusing;
    std::vector<Reading> fit = readings(body, file, codecs, refusal, refusing);
    prefer(fit, [](const Reading& one) { return one.known; });
    prefer(fit, [](const Reading& one) { return one.named; });
    prefer(fit, hasGrammar);
    if (refusal && (fit.empty() || (!fit.front().known && !fit.front().named)))
        throw Error(refusal->fault, file,
                    say("no codec reads it; name one with --from. {0}: {1}: {2}",
                        "aucun codec ne le lit ; en nommer un avec --from. {0} : {1} : {2}",
                        {refusing, spokenPlace(refusal->where), refusal->reason()}));
    std::vector<CodecSetup> all;
    for (const Reading& one : fit) all.push_back(one.codec);
    if (all.size() == 1 || (!fit.empty() && fit.front().known && oneFormat(all)))
        return all.front();
    if (!fit.empty() && !fit.front().known)
        return std::max_element(
                   fit.begin(), fit.end(),
                   [](const Reading& a, const Reading& b) { return a.nodes < b.nodes; })
            ->codec;
    throw Error(Fault::unsupported, file,
                all.empty() ? Reason("no codec reads it; name one with --from",
                                     "aucun codec ne le lit ; en nommer un avec --from")
                            : say("several codecs read it; name one with --from: {0}",
                                  "plusieurs codecs le lisent ; en nommer un avec --from : {0}",
                                  {oneOf(all)}));
}

CodecSetup codecWriting(Node root, const CodecShelf& codecs) {
    std::vector<CodecSetup> known;
    for (const CodecSetup& one : codecs.plain())
        if (knows(*one.codec, root)) known.push_back(one);
    if (oneFormat(known)) return known.front();
    const std::vector<CodecSetup> generic = genericJson(codecs);
    if (known.empty() && generic.size() == 1) return generic.front();
    throw Error(Fault::unsupported, "--to",
                say("name the codec that writes the result: {0}",
                    "nommer le codec qui écrit le résultat : {0}", {oneOf(codecs.plain())}));
}

CodecSetup codecNamed(const std::string& word, CodecShelf& codecs, Findings& findings,
                      const std::vector<std::pair<std::string, std::string>>& extra) {
    ConfigNode section = map();
    ConfigNode choice = choiceOf(word, findings);
    if (findings.failed()) return {};
    add(choice, extra);
    section.items.emplace_back("codec", std::move(choice));
    Config config(section, {}, findings);
    return codecs.take(config);
}

}  // namespace gateway
