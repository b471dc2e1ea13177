#include "core/spoken_place.h"

namespace gateway {
namespace {

/// Replaces a word that stands before a number.
void replace(std::string& text, std::string_view word, std::string_view by) {
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + by.size())) {
        const std::size_t after = at + word.size();
        const bool begins = at == 0 || (at > 1 && text.compare(at - 2, 2, ", ") == 0);
        if (begins && after < text.size() && text[after] >= '0' && text[after] <= '9')
            text.replace(at, word.size(), by);
    }
}

}  // namespace

Reason spokenPlace(std::string_view where) {
    Reason place{std::string(where), std::string(where)};
    replace(place.fr, "line ", "ligne ");
    replace(place.fr, "column ", "colonne ");
    return place;
}

Reason saidOf(std::string_view where, const Reason& text) {
    if (where.empty()) return text;
    return say("{0}: {1}", "{0} : {1}", {spokenPlace(where), text});
}

}  // namespace gateway
