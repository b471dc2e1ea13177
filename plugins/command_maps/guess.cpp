#include "guess.h"

#include <algorithm>
#include <map>

#include "shapes.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Spoken;
using Words = std::vector<std::string>;

/// Beyond so many distinct values a field holds free text, not codes.
constexpr std::size_t kMostCodes = 25;
/// What a name alone, in a fitting place, is worth.
constexpr int kEnough = 6;

/// Without the s or x of a plural.
std::string singular(std::string word) {
    if (word.size() > 3 && (word.back() == 's' || word.back() == 'x')) word.pop_back();
    return word;
}

Words singulars(std::string_view text) {
    Words words = wordsOf(text);
    for (std::string& word : words) word = singular(word);
    return words;
}

bool holds(const Words& all, const Words& some) {
    return std::all_of(some.begin(), some.end(), [&](const std::string& word) {
        return std::find(all.begin(), all.end(), word) != all.end();
    });
}

/// Whether a kind is named in these words; takes those words off.
bool takeKind(const Kind& kind, Words& words) {
    for (const std::string& name : kind.words) {
        const Words wanted = singulars(name);
        if (!holds(words, wanted)) continue;
        for (const std::string& word : wanted) std::erase(words, word);
        return true;
    }
    return false;
}

/// How well words name a field: 5 the very words, 3 among others, 0 not.
int likeness(const Words& words, const Field& field) {
    int best = 0;
    for (const std::string& name : field.words) {
        const Words wanted = singulars(name);
        if (wanted.empty() || !holds(words, wanted)) continue;
        const bool whole = wanted.size() == words.size();
        best = std::max(best, whole ? 5 : wanted.size() + 1 == words.size() ? 3 : 2);
    }
    return best;
}

}  // namespace

/// What the field lies in: the innermost repeated thing, else the object around it.
std::string Guesser::place(const SampleField& sample) const {
    const std::string path = samples_.path(sample);
    const auto list = path.rfind("[]/");
    return path.substr(0, list != path.npos ? list : path.rfind('/') + 1);
}

bool Guesser::oneTable() const {
    const auto& fields = samples_.fields();
    return std::all_of(fields.begin(), fields.end(), [&](const SampleField& field) {
        return field.names.size() == 2 && field.names[0] == fields[0].names[0] &&
               place(field) == field.names[0];  // with an object around it: "row/"
    });
}

int Guesser::score(const SampleField& sample, const Field& field) const {
    if (!sample.values.empty() &&
        !std::all_of(sample.values.begin(), sample.values.end(),
                     [&](const std::string& value) { return fits(value, field.type); }))
        return 0;
    const Kind& kind = *catalogue_.kind(field.kind);
    const Kind& plan = catalogue_.kinds().front();
    // The plan itself and the patient: there in every message.
    const bool always = !kind.many && !kind.parts.empty() && kind.parts.front().always;
    Words leaf = singulars(sample.names.back());
    const Words asWritten = leaf;
    int context = 0;
    // The nearest thing around it that is of any kind decides.
    for (std::size_t i = sample.names.size() - 1; i-- > 0 && context == 0;) {
        Words around = singulars(sample.names[i]);
        if (takeKind(kind, around)) {
            context = 4;
        } else {
            for (const Kind& other : catalogue_.kinds())
                if (takeKind(other, around)) context = &other == &plan && always ? 2 : -1;
        }
    }
    const bool named = takeKind(kind, leaf);
    // "besoin" alone is the need's label; "besoin_id" in something else may rather refer to it.
    const bool label = &field == catalogue_.labelOf(kind);
    if (named && (!leaf.empty() || label)) context = context < 0 ? 3 : 4;
    if (context < 0) return 0;
    // Outside of all lists, what nothing says otherwise of is the patient's or the plan's.
    // Deeper down only where the shape of the value speaks for it too.
    const bool shaped = field.type != ValueType::text && field.type != ValueType::label &&
                        field.type != ValueType::code && !sample.values.empty();
    // A table of which each line is of one plan speaks of the patient in each.
    const bool outside = sample.names.size() == 1 || (oneTable_ && &kind != &plan);
    if (context == 0 && always && (outside || shaped)) context = 1;
    if (context == 0) return 0;
    int name = likeness(leaf, field);
    if (named) name = std::max(name, likeness(asWritten, field));
    if (named && leaf.empty() && label) name = std::max(name, 4);
    if (sample.names.size() > 1) {
        Words both = singulars(sample.names[sample.names.size() - 2]);
        takeKind(kind, both);
        const std::size_t around = both.size();
        both.insert(both.end(), leaf.begin(), leaf.end());
        if (const int joined = likeness(both, field); around && joined == 5) name = 6;
    }
    if (name == 0) return 0;
    return context + name + (shaped ? 1 : 0);
}

Guess Guesser::best(const SampleField& sample, bool references) const {
    Guess guess;
    for (const Field& field : catalogue_.fields())
        if (const int now =
                references || field.type != ValueType::reference ? score(sample, field) : 0;
            now > guess.score)
            guess = {&field, now, {}, false};
    if (guess.score < kEnough) return {};
    rewrite(sample, guess);
    return guess;
}

void Guesser::rewrite(const SampleField& sample, Guess& guess) const {
    if (sample.values.empty()) return;
    const std::string& value = sample.values.front();
    const bool french = language_ == Spoken::french;
    switch (guess.field->type) {
        case ValueType::date:
        case ValueType::instant:
            if (const std::string format = dateFormat(value, language_); !format.empty())
                guess.rewrite = "date " + format;
            break;
        case ValueType::decimal:
            if (value.find(',') != value.npos) guess.rewrite = french ? "virgule" : "comma";
            break;
        case ValueType::boolean:
            if (value != "true" && value != "false") guess.rewrite = french ? "oui/non" : "yes/no";
            break;
        case ValueType::code: {
            const auto codes = catalogue_.codes(guess.field->codes);
            const bool same =
                std::all_of(sample.values.begin(), sample.values.end(), [&](const auto& v) {
                    return std::any_of(codes.begin(), codes.end(),
                                       [&](const TargetCode* code) { return code->code == v; });
                });
            guess.table = !same;
            if (same) guess.rewrite = french ? "tel quel" : "as is";
            break;
        }
        case ValueType::label:
            guess.table = sample.distinct <= kMostCodes &&
                          std::none_of(sample.values.begin(), sample.values.end(),
                                       [](const auto& v) { return v.find(' ') != v.npos; });
            break;
        default: break;
    }
}

/// Whether the values are ids of things of that kind in the samples.
bool Guesser::refers(const SampleField& sample, const std::string& kind,
                     const std::vector<Guess>& guesses) const {
    const Field* const id = catalogue_.idOf(*catalogue_.kind(kind));
    for (std::size_t i = 0; i < guesses.size(); ++i) {
        if (id == nullptr || guesses[i].field != id) continue;
        const std::vector<std::string>& ids = samples_.fields()[i].values;
        if (std::any_of(sample.values.begin(), sample.values.end(), [&](const auto& value) {
                return std::find(ids.begin(), ids.end(), value) != ids.end();
            }))
            return true;
    }
    return false;
}

std::vector<Guess> Guesser::all() const {
    std::vector<Guess> guesses;
    for (const SampleField& sample : samples_.fields()) guesses.push_back(best(sample, true));
    for (std::size_t i = 0; i < guesses.size(); ++i) {
        const SampleField& sample = samples_.fields()[i];
        const Field* const field = guesses[i].field;
        if (field == nullptr || sample.values.empty()) continue;
        if (field->type == ValueType::reference && !refers(sample, field->refersTo, guesses))
            guesses[i] = best(sample, false);
        else if (const Kind& kind = *catalogue_.kind(field->kind);
                 field == catalogue_.labelOf(kind) && field != catalogue_.idOf(kind) &&
                 refers(sample, field->kind, guesses))
            guesses[i] = {};  // the id of one, not what it is called
    }
    std::map<std::string, std::size_t> taken;
    for (std::size_t i = 0; i < guesses.size(); ++i) {
        Guess& guess = guesses[i];
        if (guess.field == nullptr || guess.field->many) continue;
        const bool many = catalogue_.kind(guess.field->kind)->many;
        const auto [other, fresh] = taken.try_emplace(
            (many ? place(samples_.fields()[i]) : "") + "|" + guess.field->name, i);
        if (fresh) continue;
        Guess& former = guesses[other->second];
        if (former.score >= guess.score) {
            guess = {};
        } else {
            former = {};
            other->second = i;
        }
    }
    return guesses;
}

std::string guessedCode(const Catalogue& catalogue, const std::string& list,
                        std::string_view value) {
    const Words words = singulars(value);
    for (const TargetCode* const code : catalogue.codes(list))
        for (const std::string& word : code->words)
            if (singulars(word) == words) return code->code;
    return {};
}

}  // namespace maps
