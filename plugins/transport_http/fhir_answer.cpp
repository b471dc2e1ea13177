#include "fhir_answer.h"

#include <algorithm>

#include "common/json/json.h"
#include "common/xml/xml.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kFhir = "http://hl7.org/fhir";

/// Follows a resource, whatever it is written in: keeps what the root says of itself, and the
/// status of each entry.
class Walk {
public:
    explicit Walk(FhirAnswer& answer) : answer_(answer) {}

    /// Begins an element of what is open.
    void enter(std::string_view name) {
        if (path_.size() == 1 && name == "entry") answer_.entries.emplace_back();
        if (path_.size() == 1 && name == "issue") answer_.issues.emplace_back();
        path_.emplace_back(name);
    }
    void leave() { path_.pop_back(); }
    /// A value of what is open.
    void value(std::string_view name, std::string_view text) {
        if (path_.size() == 1 && name == "type") answer_.type = text;
        if (path_.size() == 2 && path_[1] == "issue" && name == "severity")
            answer_.issues.back().severity = text;
        if (path_.size() == 2 && path_[1] == "issue" && name == "code")
            answer_.issues.back().code = text;
        if (path_.size() == 3 && path_[1] == "entry" && path_[2] == "response" && name == "status")
            answer_.entries.back() = text;
    }
    bool atRoot() const { return path_.size() == 1; }
    bool open() const { return !path_.empty(); }

private:
    FhirAnswer& answer_;
    std::vector<std::string> path_;  ///< from the root, which has no name
};

class FromJson final : public json::Events {
public:
    explicit FromJson(FhirAnswer& answer) : answer_(answer), walk_(answer) {}

    void beginObject(std::uint32_t) override {
        walk_.enter(name());
        open_.push_back({false, {}});
    }
    void endObject(std::uint32_t) override {
        open_.pop_back();
        walk_.leave();
    }
    void beginArray(std::uint32_t) override { open_.push_back({true, name()}); }
    void endArray(std::uint32_t) override { open_.pop_back(); }
    void key(const json::Text& name) override { open_.back().name = name.view; }
    void value(const json::Text& text, Kind) override {
        if (!walk_.open() || open_.back().array) return;
        if (walk_.atRoot() && name() == "resourceType") answer_.resource = text.view;
        walk_.value(name(), text.view);
    }

private:
    struct Open {
        bool array;
        std::string name;  ///< of an array's items; the last key of an object
    };
    std::string name() const { return open_.empty() ? std::string() : open_.back().name; }

    FhirAnswer& answer_;
    Walk walk_;
    std::vector<Open> open_;
};

class FromXml final : public xml::Events {
public:
    explicit FromXml(FhirAnswer& answer) : answer_(answer), walk_(answer) {}

    void begin(const xml::Tag& tag) override {
        if (!walk_.open()) answer_.resource = tag.space == kFhir ? tag.name : std::string_view();
        for (const xml::Attribute& attribute : tag.attributes)
            if (walk_.open() && attribute.name == "value" && attribute.space.empty())
                walk_.value(tag.name, attribute.value);
        walk_.enter(tag.name);
    }
    void end(std::uint32_t) override { walk_.leave(); }
    void characters(std::string_view, std::uint32_t) override {}

private:
    FhirAnswer& answer_;
    Walk walk_;
};

bool is(std::string_view type, std::string_view format) {
    return type == "application/" + std::string(format) || type == "text/" + std::string(format) ||
           type.ends_with("+" + std::string(format));
}

}  // namespace

std::optional<FhirAnswer> readFhirAnswer(const http::Response& response) {
    const std::string type = http::mediaTypeOf(response.headers.get("content-type"));
    const std::string_view body = response.body.view();
    FhirAnswer answer;
    if (body.empty()) return std::nullopt;
    if (is(type, "json")) {
        FromJson events(answer);
        json::parse(body, events);
    } else if (is(type, "xml")) {
        FromXml events(answer);
        const std::optional<std::string> decoded = xml::toUtf8(body);
        xml::parse(decoded ? *decoded : body, events);
    } else {
        return std::nullopt;
    }
    return answer;
}

}  // namespace transport_http
