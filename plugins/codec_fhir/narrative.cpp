#include "narrative.h"

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
    const std::string mark = std::string(prefix) + ":";
    std::string text;
    const auto copyTo = [&](std::size_t end) {
        text.append(div.substr(0, end));
        div.remove_prefix(std::min(end, div.size()));
    };
    while (!div.empty()) {
        copyTo(div.find('<'));
        if (div.starts_with("<!--")) {
            copyTo(div.find("-->"));
        } else if (div.starts_with("<![CDATA[")) {
            copyTo(div.find("]]>"));
        } else if (div.starts_with("<?")) {
            copyTo(div.find("?>"));
        } else if (!div.empty()) {
            copyTo(div.starts_with("</") ? 2 : 1);
            if (div.starts_with(mark)) div.remove_prefix(mark.size());
        }
    }
    return declared(text);
}

}  // namespace fhir
