#include "cli/codec_choice.h"

#include <CLI/CLI.hpp>

namespace gateway {

CodecSetup codecOf(const std::string& option, const std::string& word, CodecShelf& codecs,
                   const std::vector<std::pair<std::string, std::string>>& extra) {
    Findings findings;
    CodecSetup codec = codecNamed(word, codecs, findings, extra);
    if (!findings.failed()) return codec;
    // Without the key that only a configuration has.
    constexpr std::string_view kKey = "'codec': ";
    std::string text = findings.all().front().text;
    if (text.starts_with(kKey)) text.erase(0, kKey.size());
    throw CLI::ValidationError(option, text);
}

}  // namespace gateway
