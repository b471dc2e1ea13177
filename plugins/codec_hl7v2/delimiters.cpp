#include "delimiters.h"

#include <string>

#include "gateway/error.h"

namespace gateway::hl7v2 {
namespace {

/// Whether the escape character is written twice.
bool isDoubled(std::string_view encoding) {
    return encoding.size() == 5 && encoding[2] == encoding[3];
}

bool canDelimit(char c) {
    const bool letterOrDigit =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return c > ' ' && c <= '~' && !letterOrDigit && c != '"';
}

/// Where MSH is wrong, and what is expected there.
struct Wrong {
    const char *where = nullptr, *expected = nullptr, *attendu = nullptr;
};

Wrong wrongIn(char field, std::string_view encoding) {
    if (!canDelimit(field))
        return {"MSH-1", "expected a field separator, like |",
                "attendu un séparateur de champs, comme |"};
    if (encoding.empty() || encoding.size() > 5)
        return {"MSH-2", "expected the encoding characters, like ^~\\& (4, or 5 from v2.7 on)",
                "attendu les caractères d'encodage, comme ^~\\& (4, ou 5 à partir de v2.7)"};
    const bool doubled = isDoubled(encoding);
    for (std::size_t i = 0; i < encoding.size(); ++i) {
        if (!canDelimit(encoding[i]))
            return {"MSH-2", "expected encoding characters that are punctuation, like ^~\\&",
                    "attendu des caractères d'encodage qui soient de ponctuation, comme ^~\\&"};
        const std::size_t next = doubled && i == 2 ? 4 : i + 1;
        if (encoding[i] == field || encoding.find(encoding[i], next) != encoding.npos)
            return {"MSH-2", "expected each delimiter once, like ^~\\& after a field separator |",
                    "attendu chaque délimiteur une seule fois, comme ^~\\& après un séparateur de "
                    "champs |"};
    }
    return {};
}

}  // namespace

bool canDelimit(char field, std::string_view encoding) {
    return wrongIn(field, encoding).where == nullptr;
}

Delimiters delimitersOf(char field, std::string_view encoding, Unusual& unusual) {
    if (const Wrong wrong = wrongIn(field, encoding); wrong.where)
        throw Error(Fault::malformed, wrong.where, {wrong.expected, wrong.attendu});
    std::string once(encoding);
    unusual = encoding.size() < 4 ? Unusual::shortened : Unusual::nothing;
    if (isDoubled(encoding)) {
        once.erase(3, 1);
        unusual = Unusual::doubledEscape;
    }
    const auto at = [&](std::size_t i) { return i < once.size() ? once[i] : '\0'; };
    return {field, at(0), at(1), at(2), at(3), at(4)};
}

}  // namespace gateway::hl7v2
