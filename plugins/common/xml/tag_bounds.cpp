#include "common/xml/tag_bounds.h"

#include "common/text/text.h"
#include "common/xml/xml.h"

namespace xml {

namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool endsName(char c) { return blank(c) || c == '=' || c == '>' || c == '/' || c == '<'; }

}  // namespace

AttributeWalk::AttributeWalk(std::string_view text, std::uint32_t tag) : text_(text), at_(tag + 1) {
    while (at_ < text_.size() && !endsName(text_[at_])) ++at_;
}

bool AttributeWalk::next() {
    const auto size = static_cast<std::uint32_t>(text_.size());
    const auto skip = [&] {
        while (at_ < size && blank(text_[at_])) ++at_;
    };
    skip();
    const std::uint32_t begin = at_;
    while (at_ < size && !endsName(text_[at_])) ++at_;
    name_ = text_.substr(begin, at_ - begin);
    skip();
    if (name_.empty() || at_ >= size || text_[at_] != '=') return false;
    ++at_;
    skip();
    if (at_ >= size || (text_[at_] != '"' && text_[at_] != '\'')) return false;
    const std::size_t close = text_.find(text_[at_], at_ + 1);
    if (close == text_.npos) return false;
    value_ = {at_ + 1, static_cast<std::uint32_t>(close)};
    at_ = static_cast<std::uint32_t>(close) + 1;
    return true;
}

void boundAttributes(std::string_view text) {
    constexpr std::size_t kShort = 2048;  // has room for few attributes
    std::size_t open = text.find('<');
    while (open != text.npos) {
        const std::size_t next = text.find('<', open + 1);
        const std::string_view before = text.substr(0, next);
        const bool isTag = open + 1 < text.size() && text[open + 1] != '!' && text[open + 1] != '?';
        if (isTag && before.size() - open > kShort) {
            AttributeWalk walk(before, static_cast<std::uint32_t>(open));
            for (std::uint32_t count = 0; walk.next();)
                if (++count > kMostAttributes)
                    throw gateway::Error(
                        gateway::Fault::malformed, text::place(text, open),
                        gateway::say("more than {0} attributes", "plus de {0} attributs",
                                     {std::to_string(kMostAttributes)}));
        }
        open = next;
    }
}

}  // namespace xml
