#include "cli/codec_choice.h"

#include "cli/shared.h"

namespace gateway {
namespace {

std::string withoutKey(const std::string& text, std::string_view key) {
    return text.starts_with(key) ? text.substr(key.size()) : text;
}

}  // namespace

CodecSetup codecOf(const std::string& option, const std::string& word, CodecShelf& codecs,
                   const std::vector<std::pair<std::string, std::string>>& extra) {
    Findings findings;
    CodecSetup codec = codecNamed(word, codecs, findings, extra);
    if (!findings.failed()) return codec;
    // Without the key that only a configuration has.
    const Finding& first = findings.all().front();
    throw Misuse(option,
                 {withoutKey(first.text, "'codec': "), withoutKey(first.fr, "« codec » : ")});
}

}  // namespace gateway
