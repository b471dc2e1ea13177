/// Functions of texts (FHIRPath N1 §5.6); positions count characters.
#include <re2/re2.h>

#include <array>

#include "fhirpath_functions.h"
#include "fhirpath_text.h"
#include "fhirpath_values.h"

namespace fhirpath {

std::unique_ptr<re2::RE2> compilePattern(std::string_view text, std::string_view flags) {
    re2::RE2::Options options;
    options.set_dot_nl(true);
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    // Named groups are written (?<name>…) in FHIRPath and (?P<name>…) in RE2.
    std::string pattern;
    if (!flags.empty()) pattern = "(?" + std::string(flags) + ")";
    for (std::size_t i = 0; i < text.size(); ++i) {
        pattern += text[i];
        if (text[i] == '\\' && i + 1 < text.size())
            pattern += text[++i];
        else if (text.substr(i, 3) == "(?<" && text.substr(i + 3, 1) != "=" &&
                 text.substr(i + 3, 1) != "!") {
            pattern += "?P<";
            i += 2;
        }
    }
    return std::make_unique<re2::RE2>(pattern, options);
}

namespace {

/// The compiled pattern of a call: its literal, or what its argument gives now.
class Pattern {
public:
    /// @param flagsAt  index of the optional argument with the flags
    Pattern(const Call& call, std::size_t flagsAt) {
        if (call.step.pattern) {
            pattern_ = call.step.pattern.get();
            empty_ = pattern_->pattern().empty();
            return;
        }
        const auto text = call.argumentText(0);
        if (!text) return;
        empty_ = text->empty();
        const std::string_view flags = call.argumentText(flagsAt).value_or("");
        if (flags.find_first_not_of("im") != flags.npos)
            call.fail({"expected the flags 'i', 'm' or both",
                       "attendu les options « i », « m » ou les deux"});
        made_ = compilePattern(*text, flags);
        if (!made_->ok())
            call.fail(gateway::say("the pattern is not valid: {0}",
                                   "le motif n'est pas valide : {0}",
                                   {re2Error(made_->error_code())}));
        pattern_ = made_.get();
    }
    const re2::RE2* get() const { return pattern_; }
    bool empty() const { return empty_; }

private:
    /// In words of our own: RE2 repeats the pattern, which may come from a message.
    static std::string_view re2Error(re2::RE2::ErrorCode code) {
        return code == re2::RE2::ErrorPatternTooLarge ? "it is too large" : "its syntax";
    }
    std::unique_ptr<re2::RE2> made_;
    const re2::RE2* pattern_ = nullptr;
    bool empty_ = false;
};

void work(const Call& call, std::string_view text) { call.machine.work(text.size() / 64); }

void length(const Call& call) {
    if (const auto text = call.text())
        call.give(Item::of(static_cast<std::int64_t>(characters(*text))));
}

void indexIn(const Call& call, bool last) {
    const auto text = call.text();
    const auto wanted = call.argumentText(0);
    if (!text || !wanted) return;
    const std::size_t at = last ? text->rfind(*wanted) : text->find(*wanted);
    const auto before =
        at == text->npos ? -1 : static_cast<std::int64_t>(characters(text->substr(0, at)));
    call.give(Item::of(before));
}
void indexOf(const Call& call) { indexIn(call, false); }
void lastIndexOf(const Call& call) { indexIn(call, true); }

void substring(const Call& call) {
    const auto text = call.text();
    const auto start = call.argumentInteger(0);
    if (!text || !start || *start < 0) return;
    const auto from = byteOf(*text, static_cast<std::size_t>(*start));
    if (!from || *from == text->size()) return;
    std::string_view rest = text->substr(*from);
    if (call.arguments() > 1) {
        const auto size = call.argumentInteger(1);
        if (size && *size <= 0) return call.give(Item::string(""));
        if (size)
            rest =
                rest.substr(0, byteOf(rest, static_cast<std::size_t>(*size)).value_or(rest.size()));
    }
    call.give(Item::string(rest));
}

enum class Asked { start, end, inside };

template <Asked asked>
void has(const Call& call) {
    const auto text = call.text();
    const auto wanted = call.argumentText(0);
    if (!text || !wanted) return;
    call.give(asked == Asked::start ? text->starts_with(*wanted)
              : asked == Asked::end ? text->ends_with(*wanted)
                                    : text->find(*wanted) != text->npos);
}

template <std::string (*change)(std::string_view)>
void changed(const Call& call) {
    const auto text = call.text();
    if (!text) return;
    work(call, *text);
    call.giveText(change(*text));
}

void replace(const Call& call) {
    const auto text = call.text();
    const auto wanted = call.argumentText(0), by = call.argumentText(1);
    if (!text || !wanted || !by) return;
    std::string result;
    std::string_view rest = *text;
    if (wanted->empty()) {  // between all characters, and around them
        for (result = *by; !rest.empty(); result += *by) result += takeCharacter(rest);
        call.machine.work(result.size() / 64);
        return call.giveText(result);
    }
    for (std::size_t at = rest.find(*wanted); at != rest.npos; at = rest.find(*wanted)) {
        result.append(rest.substr(0, at)).append(*by);
        rest.remove_prefix(at + wanted->size());
    }
    result += rest;
    call.machine.work(result.size() / 64);
    call.giveText(result);
}

void matchWith(const Call& call, bool full) {
    const auto text = call.text();
    const Pattern pattern(call, 1);
    if (!text || !pattern.get()) return;
    work(call, *text);
    call.give(
        full
            ? re2::RE2::FullMatch(re2::StringPiece(text->data(), text->size()), *pattern.get())
            : re2::RE2::PartialMatch(re2::StringPiece(text->data(), text->size()), *pattern.get()));
}
void matches(const Call& call) { matchWith(call, false); }
void matchesFull(const Call& call) { matchWith(call, true); }

/// `$1` and `${name}` of a substitution as RE2 writes them: `\1`.
std::string rewriteOf(std::string_view text, const re2::RE2& pattern) {
    std::string rewrite;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        if (text[i] == '\\') {
            rewrite += "\\\\";
        } else if (text[i] == '$' && next >= '0' && next <= '9') {
            const bool known = next - '0' <= pattern.NumberOfCapturingGroups();
            if (known) rewrite += std::string("\\") + next;
            ++i;
        } else if (text[i] == '$' && next == '{' && text.find('}', i) != text.npos) {
            const std::size_t end = text.find('}', i);
            const auto& groups = pattern.NamedCapturingGroups();
            const auto group = groups.find(std::string(text.substr(i + 2, end - i - 2)));
            if (group != groups.end() && group->second < 10)
                rewrite += "\\" + std::to_string(group->second);
            i = end;
        } else {
            rewrite += text[i];
        }
    }
    return rewrite;
}

void replaceMatches(const Call& call) {
    const auto text = call.text();
    const Pattern pattern(call, 2);
    const auto by = call.argumentText(1);
    if (!text || !pattern.get() || !by) return;
    work(call, *text);
    std::string result(*text);
    if (!pattern.empty())
        re2::RE2::GlobalReplace(&result, *pattern.get(), rewriteOf(*by, *pattern.get()));
    call.machine.work(result.size() / 64);
    call.giveText(result);
}

void toChars(const Call& call) {
    const auto text = call.text();
    if (!text) return;
    for (std::string_view rest = *text; !rest.empty();) {
        call.machine.work();
        call.give(Item::string(takeCharacter(rest)));
    }
}

void split(const Call& call) {
    const auto text = call.text();
    const auto separator = call.argumentText(0);
    if (!text || !separator) return;
    if (separator->empty()) return toChars(call);
    std::string_view rest = *text;
    for (std::size_t at = rest.find(*separator); at != rest.npos; at = rest.find(*separator)) {
        call.machine.work();
        call.give(Item::string(rest.substr(0, at)));
        rest.remove_prefix(at + separator->size());
    }
    call.give(Item::string(rest));
}

void join(const Call& call) {
    if (call.input.empty()) return;
    const std::string_view separator = call.argumentText(0).value_or("");
    std::string result;
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        const Item value = valueOf(call.machine, call.input[i]);
        if (value.type == Item::Type::node && value.asNode().isNull()) continue;
        if (value.type != Item::Type::string)
            call.fail(
                {"expected only texts before join()", "attendu seulement des textes avant join()"});
        if (i != 0) result += separator;
        result += value.text();
        call.machine.work((value.size + separator.size()) / 64);
    }
    call.giveText(result);
}

std::string trimmedText(std::string_view text) { return std::string(trimmed(text)); }

void encode(const Call& call) {
    const auto text = call.text();
    const auto format = call.argumentText(0);
    if (!text || !format) return;
    work(call, *text);
    if (*format == "hex") return call.giveText(toHex(*text));
    if (*format == "ascii") return call.giveText(toAscii(*text));
    if (*format == "base64" || *format == "urlbase64")
        return call.giveText(toBase64(*text, format->front() == 'u'));
    call.fail({"expected 'base64', 'urlbase64', 'hex' or 'ascii' as the encoding",
               "attendu « base64 », « urlbase64 », « hex » ou « ascii » comme encodage"});
}

void decode(const Call& call) {
    const auto text = call.text();
    const auto format = call.argumentText(0);
    if (!text || !format) return;
    work(call, *text);
    std::optional<std::string> bytes;
    if (*format == "hex")
        bytes = fromHex(*text);
    else if (*format == "base64" || *format == "urlbase64")
        bytes = fromBase64(*text, format->front() == 'u');
    else
        call.fail({"expected 'base64', 'urlbase64' or 'hex' as the encoding",
                   "attendu « base64 », « urlbase64 » ou « hex » comme encodage"});
    if (bytes && isUtf8(*bytes)) call.giveText(*bytes);
}

template <std::string (*json)(std::string_view), std::string (*html)(std::string_view)>
void escaped(const Call& call) {
    const auto text = call.text();
    const auto format = call.argumentText(0);
    if (!text || !format) return;
    work(call, *text);
    if (*format != "json" && *format != "html")
        call.fail({"expected 'json' or 'html' as the target",
                   "attendu « json » ou « html » comme cible"});
    call.giveText(*format == "json" ? json(*text) : html(*text));
}

constexpr std::array kFunctions{
    Function{"length", 0, 0, length},
    Function{"indexOf", 1, 1, indexOf},
    Function{"lastIndexOf", 1, 1, lastIndexOf},
    Function{"substring", 1, 2, substring},
    Function{"startsWith", 1, 1, has<Asked::start>},
    Function{"endsWith", 1, 1, has<Asked::end>},
    Function{"contains", 1, 1, has<Asked::inside>},
    Function{"upper", 0, 0, changed<upper>},
    Function{"lower", 0, 0, changed<lower>},
    Function{"trim", 0, 0, changed<trimmedText>},
    Function{"replace", 2, 2, replace},
    Function{"matches", 1, 2, matches},
    Function{"matchesFull", 1, 2, matchesFull},
    Function{"replaceMatches", 2, 3, replaceMatches},
    Function{"toChars", 0, 0, toChars},
    Function{"split", 1, 1, split},
    Function{"join", 0, 1, join},
    Function{"encode", 1, 1, encode},
    Function{"decode", 1, 1, decode},
    Function{"escape", 1, 1, escaped<escapeJson, escapeHtml>},
    Function{"unescape", 1, 1, escaped<unescapeJson, unescapeHtml>},
};

}  // namespace

std::span<const Function> textFunctions() { return kFunctions; }

}  // namespace fhirpath
