#include "host/codec_choice.h"

#include <algorithm>
#include <filesystem>

#include "core/config_reader.h"

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

bool knows(const Codec& codec, Node root) {
    const Model* const model = codec.model();
    return model &&
           (model->type(root.nameOf()) || (!root.type().empty() && model->type(root.typeOf())));
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

/// The codecs that write files with this ending; all when none does.
std::vector<CodecSetup> byExtension(const std::string& extension, const CodecShelf& codecs) {
    std::vector<CodecSetup> fit;
    for (const CodecSetup& one : codecs.plain())
        if ("." + one.codec->extension() == extension) fit.push_back(one);
    return fit.empty() ? codecs.plain() : fit;
}

}  // namespace

CodecSetup codecReading(const Bytes& body, const std::string& file, const CodecShelf& codecs) {
    std::vector<CodecSetup> reads, known;
    for (const CodecSetup& one :
         byExtension(std::filesystem::path(file).extension().string(), codecs)) {
        try {
            Issues issues;
            const Document tree = one.codec->decode(body, issues);
            reads.push_back(one);
            if (knows(*one.codec, tree.root())) known.push_back(one);
        } catch (const Error&) {
            continue;  // not this format
        }
    }
    if (oneFormat(known)) return known.front();
    std::erase_if(reads, [](const CodecSetup& one) { return one.codec->model() != nullptr; });
    if (known.empty() && reads.size() == 1) return reads.front();
    throw Error(Fault::unsupported, file,
                reads.empty() ? Reason("no codec reads it; name one with --from",
                                       "aucun codec ne le lit ; en nommer un avec --from")
                              : say("several codecs read it; name one with --from: {0}",
                                    "plusieurs codecs le lisent ; en nommer un avec --from : {0}",
                                    {oneOf(reads)}));
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
