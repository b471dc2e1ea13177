#include "fhir_negotiation.h"

#include <algorithm>
#include <charconv>

namespace transport_http {
using namespace gateway;

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// The word before `separator`, taken off `text` with it; separators in quotes are none.
std::string_view next(std::string_view& text, char separator) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != separator); ++end)
        if (text[end] == '"') quoted = !quoted;
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    return trimmed(word);
}

/// A name and its value without quotes: "q=0.5", "charset=\"utf-8\"".
std::pair<std::string_view, std::string_view> parameter(std::string_view text) {
    const std::size_t equals = std::min(text.find('='), text.size());
    std::string_view value = trimmed(text.substr(std::min(text.size(), equals + 1)));
    if (value.size() > 1 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
    return {trimmed(text.substr(0, equals)), value};
}

/// One element of Accept or Accept-Language.
struct Range {
    std::string_view name;
    double quality = 1;
    bool otherVersion = false;  ///< of FHIR
};

Range rangeOf(std::string_view text) {
    Range range{next(text, ';')};
    while (!text.empty()) {
        const auto [name, value] = parameter(next(text, ';'));
        if (http::sameText(name, "q"))
            std::from_chars(value.data(), value.data() + value.size(), range.quality);
        if (http::sameText(name, "fhirVersion") && value != "4.0" && value != "4.0.1")
            range.otherVersion = true;
    }
    return range;
}

/// Every element of all header fields of that name.
std::vector<Range> ranges(const http::Headers& headers, std::string_view header) {
    std::vector<Range> all;
    for (const auto& [name, value] : headers.all()) {
        if (!http::sameText(name, header)) continue;
        for (std::string_view rest = value; !rest.empty();) {
            const Range one = rangeOf(next(rest, ','));
            if (!one.name.empty()) all.push_back(one);
        }
    }
    return all;
}

std::optional<FhirFormat> formatOfType(std::string_view type) {
    for (const char* const json :
         {"application/fhir+json", "application/json", "text/json", "application/json+fhir"})
        if (http::sameText(type, json)) return FhirFormat::json;
    for (const char* const xml :
         {"application/fhir+xml", "application/xml", "text/xml", "application/xml+fhir"})
        if (http::sameText(type, xml)) return FhirFormat::xml;
    return std::nullopt;
}

bool isAny(std::string_view type) {
    return type == "*/*" || type == "*" || http::sameText(type, "application/*") ||
           http::sameText(type, "text/*");
}

}  // namespace

std::optional<FhirFormat> formatOf(std::string_view mediaType) {
    const Range range = rangeOf(mediaType);
    return range.otherVersion ? std::nullopt : formatOfType(range.name);
}

std::optional<FhirFormat> formatNamed(std::string_view name) {
    if (http::sameText(name, "json")) return FhirFormat::json;
    if (http::sameText(name, "xml")) return FhirFormat::xml;
    std::string type(name);
    std::replace(type.begin(), type.end(), ' ', '+');
    return formatOf(type);
}

std::optional<FhirFormat> accepted(const http::Headers& headers, FhirFormat otherwise) {
    const std::vector<Range> all = ranges(headers, "accept");
    if (all.empty()) return otherwise;
    const auto quality = [&](FhirFormat format) {
        double named = -1, any = -1;
        for (const Range& one : all) {
            if (one.otherVersion) continue;
            if (formatOfType(one.name) == format) named = std::max(named, one.quality);
            if (isAny(one.name)) any = std::max(any, one.quality);
        }
        return named >= 0 ? named : any;
    };
    const double json = quality(FhirFormat::json), xml = quality(FhirFormat::xml);
    if (json <= 0 && xml <= 0) return std::nullopt;
    if (json == xml) return otherwise;
    return json > xml ? FhirFormat::json : FhirFormat::xml;
}

bool isUtf8(std::string_view contentType) {
    next(contentType, ';');
    while (!contentType.empty()) {
        const auto [name, value] = parameter(next(contentType, ';'));
        if (http::sameText(name, "charset") && !http::sameText(value, "utf-8") &&
            !http::sameText(value, "us-ascii"))
            return false;
    }
    return true;
}

bool takesGzip(const http::Headers& headers) {
    double named = -1, any = -1;
    for (const Range& one : ranges(headers, "accept-encoding")) {
        if (http::sameText(one.name, "gzip")) named = one.quality;
        if (one.name == "*") any = one.quality;
    }
    return (named >= 0 ? named : any) > 0;
}

Prefer preferOf(const http::Headers& headers) {
    Prefer prefer;
    for (const auto& [name, value] : headers.all()) {
        if (!http::sameText(name, "prefer")) continue;
        for (std::string_view rest = value; !rest.empty();) {
            std::string_view preference = next(rest, ',');
            const auto [word, said] = parameter(next(preference, ';'));
            if (http::sameText(word, "respond-async")) prefer.async = true;
            if (http::sameText(word, "handling")) prefer.strict = http::sameText(said, "strict");
            if (!http::sameText(word, "return") || prefer.answer != Prefer::Return::unsaid)
                continue;
            if (said == "minimal") prefer.answer = Prefer::Return::minimal;
            if (said == "representation") prefer.answer = Prefer::Return::representation;
            if (http::sameText(said, "OperationOutcome")) prefer.answer = Prefer::Return::outcome;
        }
    }
    return prefer;
}

Spoken spokenOf(const http::Headers& headers) {
    double french = 0, english = 0;
    const std::vector<Range> all = ranges(headers, "accept-language");
    for (const Range& one : all) {
        const std::string_view tag = one.name.substr(0, one.name.find('-'));
        if (http::sameText(tag, "fr")) french = std::max(french, one.quality);
        if (http::sameText(tag, "en")) english = std::max(english, one.quality);
    }
    if (french != english) return french > english ? Spoken::french : Spoken::english;
    const bool first = !all.empty() && all.front().name.substr(0, 2) == "fr";
    return french > 0 && first ? Spoken::french : Spoken::english;
}

}  // namespace transport_http
