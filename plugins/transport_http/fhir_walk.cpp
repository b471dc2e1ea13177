#include "fhir_walk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/json/json.h"
#include "common/xml/xml.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kFhir = "http://hl7.org/fhir";
/// Of namespaces that are in force, as they are written before each resource.
constexpr std::size_t kMostInherited = 4096;

class FromJson final : public json::Events {
public:
    explicit FromJson(FhirEvents& events) : events_(events) {}

    void beginObject(std::uint32_t at) override {
        events_.begin(depth_ == 0 ? std::string_view() : open_[depth_ - 1].key);
        if (depth_ == open_.size()) open_.emplace_back();
        Open& object = open_[depth_++];
        object.begin = at;
        object.resource = false;
    }
    void endObject(std::uint32_t end) override {
        if (open_[--depth_].resource) events_.resourceEnds(end);
        events_.end();
    }
    void beginArray(std::uint32_t) override {}
    void endArray(std::uint32_t) override {}
    void key(const json::Text& name) override { open_[depth_ - 1].key = name.view; }
    void value(const json::Text& text, Kind) override {
        if (depth_ == 0) return;
        Open& object = open_[depth_ - 1];
        if (object.key != "resourceType") return events_.value(object.key, text.view);
        object.resource = true;
        events_.resource(text.view, object.begin, {});
    }

private:
    struct Open {
        std::string key;
        std::uint32_t begin = 0;
        bool resource = false;
    };
    FhirEvents& events_;
    std::vector<Open> open_;  ///< the first depth_ of them
    std::size_t depth_ = 0;
};

/// A resource stands as an element of its type within the one that holds it.
class FromXml final : public xml::Events {
public:
    explicit FromXml(FhirEvents& events) : events_(events) {}

    void begin(const xml::Tag& tag) override {
        const bool fhir = tag.space == kFhir;
        for (const xml::Attribute& attribute : tag.attributes)
            if (fhir && !open_.empty() && attribute.name == "value" && attribute.space.empty())
                events_.value(tag.name, attribute.value);
        Open open{declared_.size(), fhir && isType(tag.name)};
        for (const xml::Declaration& one : tag.declarations)
            declared_.emplace_back(one.prefix, one.space);
        if (!open.resource || open_.empty())
            events_.begin(open_.empty() ? std::string_view() : tag.name);
        if (open.resource) events_.resource(tag.name, tag.begin, inherited(tag));
        open.within = open.resource && !open_.empty();
        open_.push_back(open);
    }
    void end(std::uint32_t end) override {
        const Open open = open_.back();
        open_.pop_back();
        declared_.resize(open.declared);
        if (open.resource) events_.resourceEnds(end);
        if (!open.within) events_.end();
    }
    void characters(std::string_view, std::uint32_t) override {}

private:
    struct Open {
        std::size_t declared;  ///< how many declarations were in force before
        bool resource;
        bool within = false;  ///< in the element that holds it
    };

    static bool isType(std::string_view name) {
        return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
    }
    /// The declarations in force but its own, as they are written.
    std::string inherited(const xml::Tag& tag) const {
        std::string all;
        std::vector<std::string_view> seen;
        for (const xml::Declaration& one : tag.declarations) seen.push_back(one.prefix);
        for (auto at = declared_.rbegin(); at != declared_.rend(); ++at) {
            if (std::find(seen.begin(), seen.end(), at->first) != seen.end()) continue;
            seen.push_back(at->first);
            Sink value;
            text::Out out(value);
            xml::writeValue(out, at->second);
            out.flush();
            all +=
                " xmlns" + (at->first.empty() ? "" : ":" + at->first) + "=\"" + value.text() + "\"";
            if (all.size() > kMostInherited)
                throw Error(
                    Fault::rejected, "xmlns",
                    {"too many namespaces, or too long", "trop d'espaces de noms, ou trop longs"});
        }
        return all;
    }

    FhirEvents& events_;
    std::vector<Open> open_;
    std::vector<std::pair<std::string, std::string>> declared_;  ///< prefix, namespace
};

}  // namespace

void walk(std::string_view text, FhirFormat format, FhirEvents& events) {
    if (format == FhirFormat::json) {
        FromJson json(events);
        json::parse(text, json);
    } else {
        FromXml xml(events);
        xml::parse(text, xml);
    }
}

}  // namespace transport_http
