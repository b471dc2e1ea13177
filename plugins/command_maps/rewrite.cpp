#include "rewrite.h"

#include <algorithm>
#include <array>
#include <regex>

#include "shapes.h"
#include "words.h"

namespace maps {
namespace {

using gateway::Error;
using gateway::Fault;
using gateway::Reason;
using gateway::say;

/// The rest of `text` after one of the words, in any case; nothing when it begins with none.
std::optional<std::string> after(std::string_view text,
                                 std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        std::string front(text.substr(0, word.size()));
        std::transform(front.begin(), front.end(), front.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        if (front == word) return std::string(trimmed(text.substr(word.size())));
    }
    return std::nullopt;
}

/// A separator as people write it: between quotes, or as it stands.
std::string bare(std::string text) {
    const bool quotes = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                        text.back() == text.front();
    return quotes ? text.substr(1, text.size() - 2) : text;
}

/// A date's format as a pattern and what its groups are.
struct DateFormat {
    std::string pattern = "^";
    std::string groups;  ///< one letter each: D, M, Y, h, m, s
    std::string zone;
};

DateFormat dateFormatOf(std::string_view text) {
    DateFormat format;
    bool hours = false;
    while (!text.empty()) {
        const auto take = [&](std::initializer_list<std::string_view> words, char group,
                              const char* pattern) {
            for (const std::string_view word : words) {
                if (!text.starts_with(word)) continue;
                text.remove_prefix(word.size());
                format.groups += group;
                format.pattern += pattern;
                return true;
            }
            return false;
        };
        if (take({"AAAA", "YYYY", "aaaa", "yyyy"}, 'Y', "([0-9]{4})")) continue;
        if (take({"JJ", "DD", "jj", "dd"}, 'D', "([0-9]{2})")) continue;
        if (take({"HH", "hh"}, 'h', "([0-9]{2})")) {
            hours = true;
            continue;
        }
        if (take({"MM", "mm"}, hours ? 'm' : 'M', "([0-9]{2})")) continue;
        if (take({"SS", "ss"}, 's', "([0-9]{2})")) continue;
        if (hours && (text[0] == '+' || text[0] == '-' || text[0] == 'Z')) {
            format.zone = std::string(text);
            while (format.pattern.ends_with(' ')) format.pattern.pop_back();
            break;
        }
        const bool letter =
            (text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z');
        if (letter && text[0] != 'T' && text[0] != 'h') return {};
        if (std::string_view(".+*?()[]{}|^$\\").find(text[0]) != std::string_view::npos)
            format.pattern += '\\';
        format.pattern += text[0];
        text.remove_prefix(1);
    }
    format.pattern += "$";
    return format;
}

/// The format with the letters of a language for day and year.
std::string inLetters(std::string format, std::string_view letters) {
    for (char& c : format) {
        if (c == 'J' || c == 'D') c = letters[0];
        if (c == 'A' || c == 'Y') c = letters[1];
    }
    return format;
}

void date(Rewrite& rewrite, const std::string& written) {
    const DateFormat format = dateFormatOf(written);
    const auto group = [&](char letter) {
        const auto at = format.groups.find(letter);
        return at == std::string::npos ? std::string() : "$" + std::to_string(at + 1);
    };
    if (group('Y').empty() || group('M').empty() || group('D').empty())
        throw Error(Fault::unsupported, "",
                    say("found date format '{0}', expected one as DD/MM/YYYY, YYYYMMDD or "
                        "DD/MM/YYYY HH:MM",
                        "trouvé le format de date « {0} », attendu par exemple JJ/MM/AAAA, "
                        "AAAAMMJJ ou JJ/MM/AAAA HH:MM",
                        {written}));
    rewrite.date = true;
    rewrite.time = !group('h').empty();
    rewrite.zone = !format.zone.empty();
    std::string iso = group('Y') + "-" + group('M') + "-" + group('D');
    if (rewrite.time && rewrite.zone)
        iso += "T" + group('h') + ":" + (group('m').empty() ? "00" : group('m')) + ":" +
               (group('s').empty() ? "00" : group('s')) + format.zone;
    rewrite.steps.push_back(
        {"%x.matches(" + literal(format.pattern) + ")",
         say("a date written {0}", "une date écrite {0}",
             {Reason(inLetters(written, "DY"), inLetters(written, "JA"))}),
         "%x.replaceMatches(" + literal(format.pattern) + ", " + literal(iso) + ")",
         [pattern = std::regex(format.pattern)](const std::string& sample) {
             return std::regex_match(sample, pattern);
         }});
}

void yesOrNo(Rewrite& rewrite) {
    const std::string yes = "('oui' | 'o' | 'yes' | 'y' | 'vrai' | 'true' | '1' | 'x')";
    const std::string no = "('non' | 'n' | 'no' | 'faux' | 'false' | '0')";
    rewrite.steps.push_back({"%x.lower() in (" + yes + " | " + no + ")",
                             {"yes or no", "oui ou non"},
                             "iif(%x.lower() in " + yes + ", 'true', 'false')",
                             [](const std::string& sample) {
                                 return folded(sample) == "x" || fits(sample, ValueType::boolean);
                             }});
}

/// The words that are cut off: "mot 1", "reste", "avant -", "après -".
bool cut(Rewrite& rewrite, std::string_view step) {
    if (const auto number = after(step, {"mot ", "word "})) {
        if (number->size() != 1 || number->front() < '1' || number->front() > '9') return false;
        const std::string skipped = std::to_string(number->front() - '1');
        rewrite.steps.push_back({"", {}, "%x.trim().split(' ').skip(" + skipped + ").first()"});
    } else if (const std::string word = folded(step); word == "reste" || word == "rest") {
        rewrite.steps.push_back({"", {}, "%x.trim().split(' ').skip(1).join(' ')"});
    } else if (const auto before = after(step, {"avant ", "before "})) {
        rewrite.steps.push_back(
            {"", {}, "%x.split(" + literal(bare(*before)) + ").first().trim()"});
    } else if (const auto behind = after(step, {"après ", "apres ", "after "})) {
        const std::string separator = literal(bare(*behind));
        rewrite.steps.push_back(
            {"", {}, "%x.split(" + separator + ").skip(1).join(" + separator + ").trim()"});
    } else {
        return false;
    }
    return true;
}

void step(Rewrite& rewrite, std::string_view text) {
    const std::string word = folded(text);
    if (const auto format = after(text, {"date ", "date:"})) return date(rewrite, *format);
    if (const auto value = after(text, {"const:", "const ", "constante:", "constante "})) {
        rewrite.constant = bare(*value);
    } else if (word == "oui non" || word == "yes no") {
        yesOrNo(rewrite);
    } else if (word == "virgule" || word == "comma" || word == "virgule decimale" ||
               word == "decimal comma") {
        rewrite.steps.push_back({"%x.matches('^-?[0-9 ]+([,.][0-9]+)?$')",
                                 {"a number", "un nombre"},
                                 "%x.replace(' ', '').replace(',', '.')"});
    } else if (word == "tel quel" || word == "as is") {
        rewrite.asIs = true;
    } else if (const auto between = after(text, {"séparé par ", "separe par ", "séparés par ",
                                                 "separated by ", "split by "})) {
        rewrite.separator = bare(*between);
    } else if (!cut(rewrite, text)) {
        if (!rewrite.table.empty() || text.find(' ') != text.npos)
            throw Error(
                Fault::unsupported, "",
                say("found '{0}', expected the name of a table, or: date DD/MM/YYYY, yes/no, "
                    "comma, const:VALUE, word 1, rest, before X, after X, separated by X, as is",
                    "trouvé « {0} », attendu le nom d'une table, ou : date JJ/MM/AAAA, oui/non, "
                    "virgule, const:VALEUR, mot 1, reste, avant X, après X, séparé par X, tel quel",
                    {std::string(text)}));
        rewrite.table = text;
        if (rewrite.table.ends_with(".csv")) rewrite.table.resize(rewrite.table.size() - 4);
    }
}

}  // namespace

std::string literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

Rewrite parseRewrite(std::string_view text) {
    Rewrite rewrite;
    text = trimmed(text);
    if (text.empty()) return rewrite;
    for (;;) {
        const std::size_t puis = text.find(" puis "), then = text.find(" then ");
        const std::size_t end = std::min({puis, then, text.size()});
        if (!rewrite.table.empty())
            throw Error(Fault::unsupported, "",
                        {"found something after the table, expected the table last",
                         "trouvé quelque chose après la table ; la table vient en dernier"});
        step(rewrite, trimmed(text.substr(0, end)));
        if (end == text.size()) return rewrite;
        text = trimmed(text.substr(end + 6));
    }
}

}  // namespace maps
