#include "fhir_answer.h"

#include "common/xml/xml.h"
#include "fhir_negotiation.h"
#include "fhir_walk.h"

namespace transport_http {
using namespace gateway;

namespace {

/// Keeps what the root says of itself, and the status of each entry.
class Answer final : public FhirEvents {
public:
    explicit Answer(FhirAnswer& answer) : answer_(answer) {}

    void begin(std::string_view name) override {
        if (path_.size() == 1 && name == "entry") answer_.entries.emplace_back();
        if (path_.size() == 1 && name == "issue") answer_.issues.emplace_back();
        path_.emplace_back(name);
    }
    void end() override { path_.pop_back(); }
    void value(std::string_view name, std::string_view text) override {
        if (path_.size() == 1 && name == "type") answer_.type = text;
        if (path_.size() == 2 && path_[1] == "issue" && name == "severity")
            answer_.issues.back().severity = text;
        if (path_.size() == 2 && path_[1] == "issue" && name == "code")
            answer_.issues.back().code = text;
        if (path_.size() == 3 && path_[1] == "entry" && path_[2] == "response" && name == "status")
            answer_.entries.back() = text;
    }
    void resource(std::string_view type, std::uint32_t, const std::string&) override {
        if (path_.size() == 1) answer_.resource = type;
    }
    void resourceEnds(std::uint32_t) override {}

private:
    FhirAnswer& answer_;
    std::vector<std::string> path_;  ///< from the root, which has no name
};

/// Of an answer: any that ends in json or xml.
std::optional<FhirFormat> formatOfAnswer(std::string_view type) {
    if (type.ends_with("/json") || type.ends_with("+json")) return FhirFormat::json;
    if (type.ends_with("/xml") || type.ends_with("+xml")) return FhirFormat::xml;
    return std::nullopt;
}

}  // namespace

std::optional<FhirAnswer> readFhirAnswer(const http::Response& response) {
    const auto format = formatOfAnswer(http::mediaTypeOf(response.headers.get("content-type")));
    const std::string_view body = response.body.view();
    if (body.empty() || !format) return std::nullopt;
    FhirAnswer answer;
    Answer events(answer);
    const std::optional<std::string> decoded =
        *format == FhirFormat::xml ? xml::toUtf8(body) : std::nullopt;
    walk(decoded ? *decoded : body, *format, events);
    return answer;
}

}  // namespace transport_http
