#include "delimiters.h"

#include <string>

#include "gateway/error.h"

namespace gateway::hl7v2 {
namespace {

bool canDelimit(char c) {
    const bool letterOrDigit =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return c > ' ' && c <= '~' && !letterOrDigit && c != '"';
}

void requireDistinct(char field, std::string_view encoding) {
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        if (!canDelimit(encoding[i]))
            throw Error(Fault::malformed, "MSH-2",
                        "expected encoding characters that are punctuation, like ^~\\&");
        if (encoding[i] == field || encoding.find(encoding[i], i + 1) != encoding.npos)
            throw Error(Fault::malformed, "MSH-2",
                        "expected each delimiter once, like ^~\\& after a field separator |");
    }
}

}  // namespace

Delimiters delimitersOf(char field, std::string_view encoding, Unusual& unusual) {
    if (!canDelimit(field))
        throw Error(Fault::malformed, "MSH-1", "expected a field separator, like |");
    if (encoding.empty() || encoding.size() > 5)
        throw Error(Fault::malformed, "MSH-2",
                    "expected the encoding characters, like ^~\\& (4, or 5 from v2.7 on)");
    std::string once(encoding);
    unusual = encoding.size() < 4 ? Unusual::shortened : Unusual::nothing;
    if (once.size() == 5 && once[2] == once[3]) {
        once.erase(3, 1);
        unusual = Unusual::doubledEscape;
    }
    requireDistinct(field, once);
    const auto at = [&](std::size_t i) { return i < once.size() ? once[i] : '\0'; };
    return {field, at(0), at(1), at(2), at(3), at(4)};
}

}  // namespace gateway::hl7v2
