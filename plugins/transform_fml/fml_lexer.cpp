#include "fml_lexer.h"

#include <algorithm>

namespace fml {
namespace {

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// Bytes of white space beyond ASCII that `text` begins with: word processors leave such behind.
std::size_t wideSpace(std::string_view text) {
    constexpr std::string_view kSpaces[] = {"\xC2\xA0",     "\xC2\x85",     "\xE2\x80\xA8",
                                            "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE3\x80\x80",
                                            "\xEF\xBB\xBF", "\xE2\x80\x8B"};
    for (const std::string_view space : kSpaces)
        if (text.starts_with(space)) return space.size();
    return 0;
}

void appendUtf8(std::string& out, unsigned code) {
    const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

unsigned hexOf(char c) {
    if (isDigit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

/// The escapes of FHIRPath's strings; an unknown one stands for its letter.
std::string unescape(std::string_view raw) {
    std::string out;
    out.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            out.push_back(raw[i]);
            continue;
        }
        const char c = raw[++i];
        if (c == 'u' && i + 4 < raw.size()) {
            unsigned code = 0;
            bool valid = true;
            for (std::size_t d = 1; d <= 4; ++d) {
                valid = valid && hexOf(raw[i + d]) < 16;
                code = code * 16 + (hexOf(raw[i + d]) & 15);
            }
            if (valid && (code < 0xD800 || code > 0xDFFF)) {
                appendUtf8(out, code);
                i += 4;
                continue;
            }
        }
        out.push_back(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c == 'f' ? '\f' : c);
    }
    return out;
}

constexpr std::string_view kSigns[] = {"->", "<<", ">>", "..", "==", "!=", "<=", ">="};

}  // namespace

SourceText::SourceText(std::string file, std::string text)
    : file_(std::move(file)), text_(std::move(text)), lines_{0} {
    for (std::size_t i = 0; i < text_.size(); ++i)
        if (text_[i] == '\n') lines_.push_back(static_cast<At>(i + 1));
}

gateway::Place SourceText::place(At at) const {
    at = std::min(at, static_cast<At>(text_.size()));
    const auto line = std::upper_bound(lines_.begin(), lines_.end(), at) - lines_.begin();
    int column = 1;
    for (At i = lines_[static_cast<std::size_t>(line - 1)]; i < at; ++i)
        if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
    return {file_, static_cast<int>(line), column};
}

gateway::Reason Token::shown() const {
    switch (kind) {
        case Kind::end: return {"the end of the file", "la fin du fichier"};
        case Kind::broken:
            return {"a quote that is not closed in its line",
                    "un guillemet qui n'est pas fermé sur sa ligne"};
        case Kind::metadata: return {"a metadata line (///)", "une ligne de métadonnées (///)"};
        default: break;
    }
    constexpr std::size_t kMost = 40;
    std::string text(raw.substr(0, kMost));
    if (raw.size() > kMost) text += "…";
    if (kind == Kind::quoted || kind == Kind::text || kind == Kind::wide) return text;
    return quote(text);
}

gateway::Reason quote(const std::string& word) { return gateway::say("'{0}'", "« {0} »", {word}); }

Token Lexer::next() {
    Token token = std::move(token_);
    last_ = token.end;
    advance();
    return token;
}

void Lexer::seek(At at) {
    at_ = at;
    last_ = at;
    advance();
}

Token Lexer::bare() {
    std::size_t end = token_.begin;
    constexpr std::string_view kEnds = "=<>!;{}";
    while (end < text_.size() && !isSpace(text_[end]) &&
           (end == token_.begin || kEnds.find(text_[end]) == kEnds.npos) &&
           text_.substr(end, 2) != "//")
        ++end;
    Token token;
    token.kind = Token::Kind::word;
    token.begin = token_.begin;
    token.end = static_cast<At>(end);
    token.raw = text_.substr(token.begin, end - token.begin);
    token.value = token.raw;
    seek(token.end);
    return token;
}

void Lexer::skipBlank() {
    while (at_ < text_.size()) {
        const std::string_view rest = text_.substr(at_);
        if (isSpace(rest[0])) {
            ++at_;
        } else if (const std::size_t wide = wideSpace(rest)) {
            at_ += wide;
        } else if (rest.starts_with("/*")) {
            const auto close = rest.find("*/", 2);
            at_ = close == rest.npos ? text_.size() : at_ + close + 2;
        } else if (rest.starts_with("//") &&
                   !(rest.starts_with("///") && !rest.starts_with("////"))) {
            const auto line = rest.find('\n');
            at_ = line == rest.npos ? text_.size() : at_ + line;
        } else {
            return;
        }
    }
}

void Lexer::readQuoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
        end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size() || text_[end] == '\n') {
        token_.kind = Token::Kind::broken;
        token_.end = static_cast<At>(std::min(end, text_.size()));
        return;
    }
    token_.kind = quote == '`'    ? Token::Kind::quoted
                  : quote == '\'' ? Token::Kind::text
                                  : Token::Kind::wide;
    token_.value = unescape(text_.substr(at_ + 1, end - at_ - 1));
    token_.end = static_cast<At>(end + 1);
}

void Lexer::advance() {
    skipBlank();
    token_ = {};
    token_.begin = token_.end = static_cast<At>(std::min(at_, text_.size()));
    if (at_ >= text_.size()) return;
    const std::string_view rest = text_.substr(at_);
    const char c = rest[0];
    std::size_t size = 1;
    if (c == '\'' || c == '"' || c == '`') {
        readQuoted(c);
        size = token_.end - token_.begin;
    } else if (isLetter(c)) {
        while (size < rest.size() && (isLetter(rest[size]) || isDigit(rest[size]))) ++size;
        token_.kind = Token::Kind::word;
    } else if (isDigit(c)) {
        while (size < rest.size() && isDigit(rest[size])) ++size;
        if (size + 1 < rest.size() && rest[size] == '.' && isDigit(rest[size + 1]))
            for (++size; size < rest.size() && isDigit(rest[size]);) ++size;
        token_.kind = Token::Kind::number;
    } else if (rest.starts_with("///")) {
        size = std::min(rest.find('\n'), rest.size());
        token_.kind = Token::Kind::metadata;
    } else {
        token_.kind = Token::Kind::sign;
        for (const std::string_view sign : kSigns)
            if (rest.starts_with(sign)) size = sign.size();
        // The whole of a character beyond ASCII, for messages.
        if ((static_cast<unsigned char>(c) & 0xC0) == 0xC0)
            while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xC0) == 0x80)
                ++size;
    }
    token_.end = static_cast<At>(at_ + size);
    token_.raw = rest.substr(0, size);
    if (token_.kind == Token::Kind::word || token_.kind == Token::Kind::number)
        token_.value = token_.raw;
    at_ = token_.end;
}

}  // namespace fml
