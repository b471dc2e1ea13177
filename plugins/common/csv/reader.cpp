#include "common/csv/reader.h"

#include <algorithm>
#include <array>

namespace csv {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// How often `sign` stands in the record at `at`, outside of quotes.
std::size_t countIn(std::string_view text, char sign) {
    std::size_t count = 0;
    bool inside = false;
    for (const char c : text) {
        if (c == '"') inside = !inside;
        if (!inside && (c == '\n' || c == '\r')) break;
        if (!inside && c == sign) ++count;
    }
    return count;
}

std::string shown(char separator) {
    return separator == '\t' ? "a tab" : "'" + std::string(1, separator) + "'";
}

gateway::Reason afterQuote(char separator) {
    return gateway::say(
        "found text after a closing quote, expected {0} or the end of the line",
        "trouvé du texte après un guillemet fermant, attendu {0} ou la fin de la "
        "ligne",
        {{shown(separator), separator == '\t' ? "une tabulation" : shown(separator)}});
}

gateway::Reason notClosed() {
    return {"found a quote that is not closed, expected \"",
            "trouvé un guillemet qui n'est pas fermé, attendu \""};
}

}  // namespace

Reader::Reader(std::string_view text, char separator) : text_(text), separator_(separator) {
    takeSeparatorLine();
}

void Reader::takeSeparatorLine() {
    const std::string_view line = lineAhead();
    if (line.size() != 5 || !line.starts_with("sep=")) return;
    separator_ = line[4];
    skipLine();
}

void Reader::chooseSeparator() {
    separator_ = ',';
    std::size_t most = 0;
    for (const char sign : std::array{',', ';', '\t'}) {
        const std::size_t count = countIn(text_.substr(at_), sign);
        if (count > most) separator_ = sign;
        most = std::max(most, count);
    }
}

bool Reader::lineEndsAt(std::size_t at) const {
    return at >= text_.size() || text_[at] == '\n' || text_[at] == '\r';
}

void Reader::takeLineEnd() {
    if (at_ >= text_.size()) return;
    at_ += text_.substr(at_).starts_with("\r\n") ? 2 : 1;
    ++lineAhead_;
}

std::string_view Reader::lineAhead() const {
    if (atEnd()) return {};
    const std::string_view rest = text_.substr(at_);
    return rest.substr(0, rest.find_first_of("\r\n"));
}

void Reader::skipLine() {
    at_ += lineAhead().size();
    takeLineEnd();
}

bool Reader::next() {
    fields_.clear();
    unescaped_.clear();
    mistake_.reset();
    begin_ = at_;
    line_ = lineAhead_;
    if (atEnd()) return false;
    if (separator_ == '\0' && !lineAhead().empty()) chooseSeparator();
    while (field()) ++at_;
    takeLineEnd();
    return true;
}

/// @return whether a separator follows
bool Reader::field() {
    std::size_t from = at_;
    while (from < text_.size() && text_[from] == ' ') ++from;
    const bool quotes = from < text_.size() && text_[from] == '"';
    if (quotes) at_ = from;
    fields_.push_back(quotes ? quoted() : plain());
    return at_ < text_.size() && text_[at_] == separator_;
}

Field Reader::plain() {
    const std::size_t from = at_;
    while (!lineEndsAt(at_) && text_[at_] != separator_) ++at_;
    const std::string_view text = trimmed(text_.substr(from, at_ - from));
    const auto at = static_cast<std::size_t>(text.data() - text_.data());
    return {text, at, at + text.size(), false};
}

Field Reader::quoted() {
    const std::size_t from = at_;
    std::string* unescaped = nullptr;
    std::size_t piece = ++at_;
    for (;; ++at_) {
        if (at_ >= text_.size()) {
            mistake_ = {position(from), notClosed()};
            return {text_.substr(piece), from, at_, true};
        }
        if (text_[at_] == '\n' || (text_[at_] == '\r' && !text_.substr(at_).starts_with("\r\n")))
            ++lineAhead_;
        if (text_[at_] != '"') continue;
        const bool doubled = at_ + 1 < text_.size() && text_[at_ + 1] == '"';
        if (!doubled) break;
        if (unescaped == nullptr) unescaped = &unescaped_.emplace_back();
        *unescaped += text_.substr(piece, at_ + 1 - piece);
        piece = ++at_ + 1;
    }
    std::string_view text = text_.substr(piece, at_ - piece);
    if (unescaped != nullptr) text = *unescaped += text;
    const std::size_t end = ++at_;
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (!lineEndsAt(at_) && text_[at_] != separator_) {
        if (!mistake_) mistake_ = {position(at_), afterQuote(separator_)};
        while (!lineEndsAt(at_) && text_[at_] != separator_) ++at_;
    }
    return {text, from, end, true};
}

std::string_view Reader::operator[](std::size_t field) const {
    return field < fields_.size() ? fields_[field].text : std::string_view();
}

bool Reader::blank() const {
    return std::all_of(fields_.begin(), fields_.end(),
                       [](const Field& field) { return field.text.empty(); });
}

Position Reader::position(std::size_t at) const {
    Position where{line_, 1};
    for (std::size_t i = begin_; i < std::min(at, text_.size()); ++i) {
        const bool ends =
            text_[i] == '\n' || (text_[i] == '\r' && !text_.substr(i).starts_with("\r\n"));
        if (ends) {
            ++where.line;
            where.column = 1;
        } else if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) {
            ++where.column;
        }
    }
    return where;
}

}  // namespace csv
