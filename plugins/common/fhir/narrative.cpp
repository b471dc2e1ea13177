#include "narrative.h"

#include <algorithm>
#include <utility>

#include "common/xml/xml.h"
#include "gateway/error.h"

namespace fhir {

namespace {

constexpr std::uint32_t kDepth = 400;  // the resource around it has a depth as well

/// Sees that a text is one `div` of XHTML and nothing else.
class Watcher final : public xml::Events {
public:
    void begin(const xml::Tag& tag) override {
        if (depth_++ == 0) {
            first = tag.name == "div" && tag.prefix.empty() && tag.begin == 0;
            undeclared = tag.space.empty();
        }
        xhtml &= tag.space == (undeclared ? "" : kXhtml) && depth_ <= kDepth;
        for (const xml::Attribute& attribute : tag.attributes) xhtml &= allowed(attribute);
    }
    void end(std::uint32_t end) override {
        --depth_;
        last = end;
    }
    void characters(std::string_view, std::uint32_t) override {}

    bool first = false, xhtml = true, undeclared = false;
    std::size_t last = 0;

private:
    static bool allowed(const xml::Attribute& attribute) {
        return attribute.prefix.empty() || attribute.prefix == "xml";
    }
    std::uint32_t depth_ = 0;
};

/// Writes a well-formed text without a prefix, and without the declarations that then say nothing
/// or something else: the prefix's own and the default one's.
class Unprefixed {
public:
    Unprefixed(std::string_view text, std::string_view prefix)
        : rest_(text),
          mark_(std::string(prefix) + ":"),
          declaration_("xmlns:" + std::string(prefix)) {}

    std::string write() {
        while (!rest_.empty()) {
            copy(rest_.find('<'));
            if (rest_.starts_with("<!--"))
                copy(rest_.find("-->"));
            else if (rest_.starts_with("<![CDATA["))
                copy(rest_.find("]]>"));
            else if (rest_.starts_with("<?"))
                copy(rest_.find("?>"));
            else if (!rest_.empty())
                tag();
        }
        return std::move(made_);
    }

private:
    static constexpr std::string_view kBlank = " \t\r\n";

    void tag() {
        copy(rest_.starts_with("</") ? 2 : 1);
        if (rest_.starts_with(mark_)) rest_.remove_prefix(mark_.size());
        copy(rest_.find_first_of(" \t\r\n/>"));
        while (const std::size_t size = attribute()) {
            const std::string_view name = nameOf(rest_.substr(0, size));
            if (name == "xmlns" || name == declaration_)
                rest_.remove_prefix(size);
            else
                copy(size);
        }
    }
    /// The length of the blanks and the attribute that follow; 0 where the tag has no more.
    std::size_t attribute() const {
        const std::size_t begin = rest_.find_first_not_of(kBlank);
        if (begin >= rest_.size() || rest_[begin] == '>' || rest_[begin] == '/') return 0;
        const std::size_t open = rest_.find_first_of("\"'", begin);
        if (open == rest_.npos) return 0;
        const std::size_t close = rest_.find(rest_[open], open + 1);
        return close == rest_.npos ? 0 : close + 1;
    }
    static std::string_view nameOf(std::string_view attribute) {
        attribute.remove_prefix(attribute.find_first_not_of(kBlank));
        return attribute.substr(0, attribute.find_first_of(" \t\r\n="));
    }
    void copy(std::size_t end) {
        made_.append(rest_.substr(0, end));
        rest_.remove_prefix(std::min(end, rest_.size()));
    }

    std::string_view rest_;
    const std::string mark_, declaration_;
    std::string made_;
};

}  // namespace

Narrative narrativeOf(std::string_view div) {
    Watcher watcher;
    try {
        xml::parse(div, watcher);
    } catch (const gateway::Error&) {
        return Narrative::bad;  // the caller names the place in the resource
    }
    if (!watcher.first || !watcher.xhtml || watcher.last != div.size()) return Narrative::bad;
    return watcher.undeclared ? Narrative::undeclared : Narrative::good;
}

std::string declared(std::string_view div) {
    constexpr std::string_view kOpen = "<div";
    std::string text(kOpen);
    text.append(" xmlns=\"").append(kXhtml).append("\"").append(div.substr(kOpen.size()));
    return text;
}

std::string withoutPrefix(std::string_view div, std::string_view prefix) {
    return declared(Unprefixed(div, prefix).write());
}

}  // namespace fhir
