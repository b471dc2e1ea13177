#include "fhir_base.h"

#include <algorithm>

#include "common/fhir/r4_model.h"
#include "fhir_negotiation.h"
#include "fhir_respond.h"
#include "shown.h"

namespace transport_http {
using namespace gateway;

namespace {

std::vector<std::string_view> segmentsOf(std::string_view path) {
    std::vector<std::string_view> all;
    while (!path.empty()) {
        const std::string_view one = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), one.size() + 1));
        all.push_back(one);
    }
    return all;
}

bool isResourceType(std::string_view name) {
    const fhir::Type* const type = fhir::R4::get().type(name);
    return type != nullptr && type->resource() && !type->abstract;
}

/// http://hl7.org/fhir/R4/datatypes.html#id
bool isId(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.front() != '$' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.';
           });
}

bool fits(const std::vector<std::string_view>& pattern, const std::vector<std::string_view>& path) {
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                      [](std::string_view wanted, std::string_view there) {
                          if (wanted == "[type]") return isResourceType(there);
                          return wanted == "[id]" ? isId(there) : wanted == there;
                      });
}

bool fits(std::string_view method, std::string_view asked) {
    return method == asked || (method == "GET" && asked == "HEAD");
}

bool sendsBody(const http::Request& head) {
    const std::string_view length = head.headers.get("content-length");
    return head.headers.has("transfer-encoding") || (!length.empty() && length != "0");
}

}  // namespace

/// What a path means here.
struct FhirBase::Found {
    std::vector<const FhirInteraction*> rows;  ///< of this method
    std::string allowed;                       ///< methods, when there is no such row
    std::string_view type, id, operation;
    bool known = false;  ///< the path fits some row
};

FhirBase::FhirBase(std::string path, bool overTls, SmartOptions smart, records::Door& door)
    : path_(std::move(path)), overTls_(overTls), smart_(std::move(smart)), door_(door) {}

void FhirBase::add(std::unique_ptr<FhirPart> part) {
    for (FhirInteraction& row : part->interactions()) table_.push_back(std::move(row));
    parts_.push_back(std::move(part));
}

void FhirBase::start(Gateway& gateway) {
    gateway_ = &gateway;
    for (const auto& part : parts_) part->start(gateway);
}

void FhirBase::stop() noexcept {
    for (const auto& part : parts_) part->stop();
}

void FhirBase::release() noexcept {
    for (const auto& part : parts_) part->release();
}

FhirBase::Found FhirBase::find(const http::Request& request) const {
    const std::string_view below = std::string_view(request.path).substr(path_.size());
    const std::vector<std::string_view> path =
        segmentsOf(below.substr(std::min<std::size_t>(1, below.size())));
    Found found;
    for (const std::string_view& segment : path) {
        if (found.type.empty() && isResourceType(segment))
            found.type = segment;
        else if (&segment != &path.front() && found.id.empty() && isId(segment))
            found.id = segment;
        else
            found.operation = segment;
    }
    for (const FhirInteraction& row : table_) {
        if (!fits(segmentsOf(row.path), path)) continue;
        found.known = true;
        if (fits(row.method, request.method)) found.rows.push_back(&row);
        if (found.allowed.find(row.method) == found.allowed.npos)
            found.allowed += (found.allowed.empty() ? "" : ", ") +
                             std::string(row.method == "GET" ? "GET, HEAD" : row.method);
    }
    return found;
}

FhirRequest FhirBase::read(const http::Request& request, const Found& found) const {
    FhirRequest read{request, *this, *gateway_, {}};
    read.type = found.type;
    read.id = found.id;
    read.operation = found.operation;
    read.spoken = spokenOf(request.headers);
    read.prefer = preferOf(request.headers);
    read.body = formatOf(request.headers.get("content-type")).value_or(FhirFormat::json);
    read.answers = accepted(request.headers, read.body).value_or(FhirFormat::json);
    for (auto& [name, value] : http::queryValues(request.query)) {
        if (name == "_format")
            read.answers = formatNamed(value).value_or(read.answers);
        else if (name != "_pretty")
            read.query.emplace_back(std::move(name), std::move(value));
    }
    return read;
}

/// What is wrong with its header, whatever it asks for.
std::optional<http::Response> FhirBase::misread(const FhirRequest& request) const {
    const http::Headers& headers = request.http.headers;
    for (const auto& [name, value] : http::queryValues(request.http.query))
        if (name == "_format" && !formatNamed(value))
            return refusal(request, 406, "not-supported",
                           {"expected json or xml", "attendu json ou xml"}, "_format");
    const bool named = request.http.query.find("_format=") != std::string::npos;
    if (!named && !accepted(headers, FhirFormat::json))
        return refusal(request, 406, "not-supported",
                       {"answers are FHIR R4 as JSON or XML: application/fhir+json, "
                        "application/fhir+xml",
                        "les réponses sont en FHIR R4, JSON ou XML : application/fhir+json, "
                        "application/fhir+xml"},
                       "Accept");
    if (!sendsBody(request.http) || request.operation == "_search") return std::nullopt;
    const std::string_view type = headers.get("content-type");
    if (!formatOf(type))
        return refusal(request, 415, "not-supported",
                       {"expected FHIR R4 as JSON or XML: application/fhir+json, "
                        "application/fhir+xml",
                        "attendu du FHIR R4 en JSON ou XML : application/fhir+json, "
                        "application/fhir+xml"},
                       "Content-Type");
    if (!isUtf8(type))
        return refusal(request, 415, "not-supported",
                       {"FHIR is written in UTF-8", "le FHIR s'écrit en UTF-8"}, "Content-Type");
    return std::nullopt;
}

std::optional<http::Response> FhirBase::gate(http::Request& head) const {
    const Found found = find(head);
    FhirRequest request = read(head, found);
    if (auto refused = unserved(request, found)) return refused;
    if (auto refused = misread(request)) return refused;
    if (std::any_of(found.rows.begin(), found.rows.end(), [](auto* row) { return row->open; }))
        return std::nullopt;
    try {
        request.who = gateway_->access()->who(shownBy(head));
    } catch (const Unproven& unproven) {
        return unknown(request, unproven);
    } catch (const Error& error) {
        const auto access = gateway_->access();
        door_.refused(head.facts, records::connected(*access, {head.facts, {}, {}}), path_,
                      error.reason());
        if (error.fault != Fault::rejected) return refusal(request, error);
        return refusal(request, 403, "forbidden", error.reason(), error.where);
    }
    head.noted = request.who;
    auto refused = refusedByAll(request, found);
    if (!refused) door_.entered(head.facts, request.who);
    return refused;
}

/// 404 or 405.
std::optional<http::Response> FhirBase::unserved(const FhirRequest& request,
                                                 const Found& found) const {
    if (!found.rows.empty()) return std::nullopt;
    if (!found.known)
        return refusal(request, 404, "not-found",
                       {"nothing is served at this path: see metadata",
                        "rien n'est servi à ce chemin : voir metadata"});
    http::Response refused =
        refusal(request, 405, "not-supported",
                say("expected {0} here", "attendu {0} ici", {std::string_view(found.allowed)}));
    refused.headers.add("Allow", found.allowed);
    return refused;
}

http::Response FhirBase::unknown(const FhirRequest& request, const Unproven& why) const {
    gateway_->log().warning(
        "http-unknown",
        {{"peer", request.http.facts.get("peer")}, {"where", why.where}, {"what", why.what()}});
    door_.refused(request.http.facts, {}, path_, why.reason());
    http::Response response = refusal(request, 401, "login", why.reason(), why.where);
    response.headers.add("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    return response;
}

std::optional<http::Response> FhirBase::refusedByAll(const FhirRequest& request,
                                                     const Found& found) const {
    std::optional<http::Response> refused;
    for (const FhirInteraction* const row : found.rows) {
        std::optional<http::Response> one = row->gate ? row->gate(request) : std::nullopt;
        if (!one) return std::nullopt;
        if (!refused) refused = std::move(one);
    }
    return refused;
}

http::Response FhirBase::handle(const http::Request& request) const {
    const Found found = find(request);
    FhirRequest read = this->read(request, found);
    if (const auto* const who = std::any_cast<Who>(&request.noted)) read.who = *who;
    return perform(read, found);
}

http::Response FhirBase::perform(const FhirRequest& request, const Found& found) const {
    std::optional<http::Response> refused;
    try {
        for (const FhirInteraction* const row : found.rows) {
            std::optional<http::Response> one = row->gate ? row->gate(request) : std::nullopt;
            if (one && !refused) refused = std::move(one);
            if (one) continue;
            if (auto answer = row->handle(request)) return *std::move(answer);
        }
    } catch (const Error& error) {
        return refusal(request, error);
    }
    if (refused) return *std::move(refused);
    return refusal(request, 404, "not-found",
                   {"there is no such resource here", "il n'y a pas de telle ressource ici"});
}

http::Response FhirBase::within(const FhirRequest& outer, const http::Request& inner) const {
    const Found found = find(inner);
    FhirRequest request = read(inner, found);
    request.who = outer.who;
    request.answers = outer.answers;
    request.spoken = outer.spoken;
    request.prefer = outer.prefer;
    if (auto refused = unserved(request, found)) return *std::move(refused);
    return perform(request, found);
}

Capabilities FhirBase::capabilities(Gateway& gateway) const {
    Capabilities all;
    for (const auto& part : parts_) part->describe(all, gateway);
    return all;
}

}  // namespace transport_http
