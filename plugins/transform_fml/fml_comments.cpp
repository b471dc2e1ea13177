#include "fml_comments.h"

#include <algorithm>
#include <map>
#include <utility>

namespace fml {
namespace {

void append(std::string& to, std::string_view text) {
    if (!to.empty()) to += '\n';
    to += text;
}

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r*");
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

/// The parts of a map by where they begin.
using Parts = std::map<At, Comments*>;

void addRules(std::vector<RuleSyntax>& rules, Parts& parts) {
    for (RuleSyntax& rule : rules) {
        parts[rule.at] = &rule.comments;
        addRules(rule.rules, parts);
    }
}

Parts partsOf(MapSyntax& map) {
    Parts parts;
    for (UsesSyntax& use : map.uses) parts[use.url.at] = &use.comments;
    for (ImportSyntax& import : map.imports) parts[import.at] = &import.comments;
    for (ConstantSyntax& constant : map.constants) parts[constant.name.at] = &constant.comments;
    for (InlineTableSyntax& table : map.tables) parts[table.name.at] = &table.comments;
    for (GroupSyntax& group : map.groups) {
        parts[group.name.at] = &group.comments;
        addRules(group.rules, parts);
    }
    return parts;
}

class Reader {
public:
    Reader(const SourceText& source, MapSyntax& map)
        : text_(source.text()), map_(map), parts_(partsOf(map)), current_(&map.comments) {}

    void read() {
        Lexer lexer(text_);
        At end = 0;
        while (lexer.peek().kind != Token::Kind::end) {
            gap(end, lexer.peek().begin);
            const Token token = lexer.next();
            take(token);
            end = token.end;
        }
        gap(end, static_cast<At>(text_.size()));
        if (!pending_.empty()) append(map_.comments.ending, pending_);
    }

private:
    /// The comments between two tokens.
    void gap(At from, At to) {
        std::string_view gap = text_.substr(from, to - from);
        bool ownLine = from == 0;
        for (;;) {
            const auto begin = gap.find('/');
            const std::string_view blank = gap.substr(0, begin);
            ownLine = ownLine || blank.find('\n') != blank.npos;
            if (begin == gap.npos) return;
            gap.remove_prefix(begin);
            const bool block = gap.starts_with("/*");
            const auto close = block ? gap.find("*/", 2) : gap.find('\n');
            const auto size = close == gap.npos ? gap.size() : close + (block ? 2 : 0);
            std::string_view comment = gap.substr(0, size);
            if (block)
                lines(comment.substr(2, size - (close == gap.npos ? 2 : 4)), ownLine);
            else
                one(comment.substr(std::min(comment.find_first_not_of('/'), size)), ownLine);
            gap.remove_prefix(size);
        }
    }

    void lines(std::string_view text, bool ownLine) {
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            if (!trimmed(text.substr(0, end)).empty()) one(text.substr(0, end), ownLine);
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

    void one(std::string_view text, bool ownLine) {
        append(ownLine ? pending_ : current_->documentation, trimmed(text));
    }

    void take(const Token& token) {
        if (token.kind == Token::Kind::metadata && !open_.empty())
            return one(token.raw.substr(3), true);
        if (token.kind == Token::Kind::metadata || token.is("map")) return flush(map_.comments);
        if (const auto part = parts_.find(token.begin); part != parts_.end())
            return flush(*(current_ = part->second));
        if (token.is("{")) open_.push_back(current_);
        if (token.is("}") && !open_.empty()) {
            current_ = open_.back();
            open_.pop_back();
            if (!pending_.empty()) append(current_->ending, std::exchange(pending_, {}));
        } else if (!open_.empty()) {
            flush(*current_);
        }
    }

    void flush(Comments& to) {
        if (!pending_.empty()) append(to.documentation, std::exchange(pending_, {}));
    }

    const std::string_view text_;
    MapSyntax& map_;
    const Parts parts_;
    Comments* current_;
    std::vector<Comments*> open_;
    std::string pending_;
};

}  // namespace

void readComments(const SourceText& source, MapSyntax& map) { Reader(source, map).read(); }

}  // namespace fml
