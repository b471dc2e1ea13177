#include "cli/codec_choice.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "core/config_reader.h"

namespace gateway {
namespace {

/// @throws what is wrong, without the key that only a configuration has
[[noreturn]] void refuse(const std::string& option, const Findings& findings) {
    constexpr std::string_view kKey = "'codec': ";
    std::string text = findings.all().front().text;
    if (text.starts_with(kKey)) text.erase(0, kKey.size());
    throw CLI::ValidationError(option, text);
}

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

ConfigNode choiceOf(const std::string& option, const std::string& word) {
    Findings findings;
    ConfigNode choice = parseConfig(word, option, findings);
    if (findings.failed()) refuse(option, findings);
    if (choice.kind != ConfigNode::Kind::scalar) return choice;
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

}  // namespace

CodecSetup codecOf(const std::string& option, const std::string& word, CodecShelf& codecs,
                   const std::vector<std::pair<std::string, std::string>>& extra) {
    ConfigNode section = map();
    ConfigNode choice = choiceOf(option, word);
    add(choice, extra);
    section.items.emplace_back("codec", std::move(choice));
    Findings findings;
    Config config(section, {}, findings);
    CodecSetup codec = codecs.take(config);
    if (findings.failed()) refuse(option, findings);
    return codec;
}

}  // namespace gateway
