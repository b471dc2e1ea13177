#include "fhir_respond.h"

#include <array>
#include <ctime>

#include "common/fhir/json_reader.h"
#include "common/fhir/json_writer.h"
#include "common/fhir/xml_reader.h"
#include "common/fhir/xml_writer.h"
#include "fhir_base.h"

namespace transport_http {
using namespace gateway;

namespace {

http::Response bytesOf(const FhirRequest& request, int status, Bytes body) {
    return {status,
            {{"Content-Type", std::string(mediaTypeOf(request.answers))},
             {"Content-Language", request.spoken == Spoken::french ? "fr" : "en"},
             {"Vary", "Accept, Accept-Language, Accept-Encoding"},
             {"Cache-Control", "no-store"}},
            std::move(body)};
}

}  // namespace

std::string_view mediaTypeOf(FhirFormat format) {
    return format == FhirFormat::json ? "application/fhir+json; charset=utf-8"
                                      : "application/fhir+xml; charset=utf-8";
}

Bytes converted(const Bytes& resource, FhirFormat from, FhirFormat to) {
    if (from == to) return resource;
    Builder tree(resource, "Resource");
    Issues issues;
    if (from == FhirFormat::json)
        fhir::readJson(resource.view(), tree, issues);
    else
        fhir::readXml(resource, tree, issues);
    const Document document = tree.finish(true);
    Sink out;
    if (to == FhirFormat::xml)
        fhir::writeXml(out, document.root(), issues);
    else
        fhir::writeJson(out, document.root(), {});
    return out.take();
}

http::Response respond(const FhirRequest& request, int status, Bytes json) {
    return respondStored(request, status, std::move(json), FhirFormat::json);
}

http::Response respondStored(const FhirRequest& request, int status, Bytes bytes,
                             FhirFormat format) {
    return bytesOf(request, status, converted(bytes, format, request.answers));
}

http::Response respond(const FhirRequest& request, int status,
                       const std::vector<OutcomeIssue>& issues) {
    http::Response written = outcome(status, issues);
    http::Response response = respond(request, status, std::move(written.body));
    if (const std::string_view after = written.headers.get("retry-after"); !after.empty())
        response.headers.add("Retry-After", std::string(after));
    return response;
}

http::Response refusal(const FhirRequest& request, int status, std::string_view code,
                       const Reason& what, std::string where) {
    return respond(request, status, {{"error", code, what.in(request.spoken), std::move(where)}});
}

http::Response refusal(const FhirRequest& request, const Error& error) {
    return respond(request, statusOf(error.fault), {issueOf(error, request.spoken)});
}

std::optional<http::Response> mayNot(const FhirRequest& request, const Wanted& wanted) {
    const std::optional<Reason> why = request.gateway.access()->refuses(request.who, wanted);
    if (!why) return std::nullopt;
    request.gateway.log().warning("http-forbidden", {{"source", wanted.source},
                                                     {"destination", wanted.destination},
                                                     {"endpoint", request.who.endpoint},
                                                     {"peer", request.http.facts.get("peer")}});
    request.base.door().refused(request.http.facts, request.who,
                                wanted.source.empty() ? wanted.destination : wanted.source, *why);
    if (request.who.known() || !request.base.smart().tokens)
        return refusal(request, 403, "forbidden", *why);
    http::Response unknown = refusal(request, 401, "login", *why);
    unknown.headers.add("WWW-Authenticate", "Bearer");
    return unknown;
}

void mustBeWithin(const FhirRequest& request, std::size_t bytes) {
    if (request.http.body.size() <= bytes) return;
    const std::string most = std::to_string(bytes);
    throw Error(Fault::rejected, "body",
                say("expected at most {0} bytes here", "attendu au plus {0} octets ici", {most}));
}

std::string httpDate(Time at) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 40> text;
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

std::string absolute(const FhirRequest& request, std::string_view path) {
    const std::string_view host = request.http.headers.get("host");
    return (request.base.overTls() ? "https://" : "http://") + std::string(host) +
           request.base.path() + "/" + std::string(path);
}

}  // namespace transport_http
