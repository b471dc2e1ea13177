#include "fhir_metadata.h"

#include "fhir_base.h"
#include "fhir_respond.h"
#include "json_text.h"

namespace transport_http {
using namespace gateway;

namespace {

constexpr std::string_view kSecurityService =
    "http://terminology.hl7.org/CodeSystem/restful-security-service";
constexpr std::string_view kOauthUris =
    "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

const Reason kWhatItIs{
    "A mailbox and a door of care plans, not a FHIR server: what is sent is taken, translated and "
    "passed on; what is read is what waits for its recipient.",
    "Une boîte et une porte pour les plans de santé, pas un serveur FHIR : ce qui est envoyé est "
    "pris, traduit et transmis ; ce qui se lit est ce qui attend son destinataire."};

void writeSecurity(JsonText& out, const FhirBase& base) {
    if (!base.overTls()) return;
    out.object("security");
    const bool told = base.smart().tokens && !base.smart().tokenEndpoint.empty();
    if (told)
        out.array("extension")
            .object()
            .text("url", kOauthUris)
            .array("extension")
            .object()
            .text("url", "token")
            .text("valueUri", base.smart().tokenEndpoint)
            .end()
            .end()
            .end()
            .end();
    out.array("service");
    const auto service = [&](std::string_view code) {
        out.object().array("coding").object();
        out.text("system", kSecurityService).text("code", code).end().end().end();
    };
    if (base.smart().tokens) service("SMART-on-FHIR");
    service("Certificates");
    out.end().end();
}

void writeOperations(JsonText& out, const std::vector<Capabilities::Operation>& operations) {
    if (operations.empty()) return;
    out.array("operation");
    for (const auto& [name, definition] : operations)
        out.object().text("name", name).text("definition", definition).end();
    out.end();
}

void writeCodes(JsonText& out, const std::set<std::string>& interactions) {
    if (interactions.empty()) return;
    out.array("interaction");
    for (const std::string& code : interactions) out.object().text("code", code).end();
    out.end();
}

void writeResource(JsonText& out, const std::string& type, const Capabilities::Resource& resource) {
    out.object().text("type", type).text("documentation", resource.documentation);
    writeCodes(out, resource.interactions);
    if (resource.conditionalCreate) out.flag("conditionalCreate", true);
    if (!resource.search.empty()) {
        out.array("searchParam");
        for (const auto& [name, kind] : resource.search)
            out.object().text("name", name).text("type", kind).end();
        out.end();
    }
    writeOperations(out, resource.operations);
    out.end();
}

Bytes statement(const FhirRequest& request, const std::string& since) {
    const Capabilities all = request.base.capabilities(request.gateway);
    std::string url = absolute(request, "");
    url.pop_back();
    JsonText out;
    out.object().text("resourceType", "CapabilityStatement").text("status", "active");
    out.text("date", since).text("kind", "instance");
    out.object("software").text("name", "Passerelle").end();
    out.object("implementation").text("description", kWhatItIs.in(request.spoken));
    out.text("url", url).end();
    out.text("fhirVersion", "4.0.1").array("format");
    for (const char* const format : {"json", "xml"}) out.item(format);
    out.end().array("rest").object().text("mode", "server");
    writeSecurity(out, request.base);
    if (!all.resources.empty()) {
        out.array("resource");
        for (const auto& [type, resource] : all.resources) writeResource(out, type, resource);
        out.end();
    }
    writeCodes(out, all.interactions);
    writeOperations(out, all.operations);
    return out.take();
}

/// Scopes as SMART's backend services have them: "system/Task.crs".
std::vector<std::string> scopesOf(const Capabilities& all) {
    std::vector<std::string> scopes;
    for (const auto& [type, resource] : all.resources) {
        std::string letters;
        for (const auto& [letter, code] :
             {std::pair('c', "create"), {'r', "read"}, {'u', "update"}, {'s', "search-type"}})
            if (resource.interactions.contains(code)) letters.push_back(letter);
        if (!letters.empty()) scopes.push_back("system/" + type + "." + letters);
    }
    return scopes;
}

http::Response smartConfiguration(const FhirRequest& request) {
    const SmartOptions& smart = request.base.smart();
    if (!smart.tokens || smart.tokenEndpoint.empty())
        return refusal(
            request, 404, "not-found",
            {"no token endpoint is configured here: certificates, or tokens by agreement",
             "aucun point de jetons n'est configuré ici : certificats, ou jetons par "
             "accord"});
    JsonText out;
    out.object().text("issuer", smart.issuer).text("jwks_uri", smart.jwks);
    out.text("token_endpoint", smart.tokenEndpoint);
    const auto list = [&](const char* name, const std::vector<std::string>& items) {
        if (items.empty()) return;
        out.array(name);
        for (const std::string& item : items) out.item(item);
        out.end();
    };
    list("grant_types_supported", {"client_credentials"});
    list("token_endpoint_auth_methods_supported", {"private_key_jwt"});
    list("token_endpoint_auth_signing_alg_values_supported", {"RS384", "ES384"});
    list("scopes_supported", scopesOf(request.base.capabilities(request.gateway)));
    list("capabilities", {"client-confidential-asymmetric", "permission-v1", "permission-v2"});
    return {200, {{"Content-Type", "application/json"}}, out.take()};
}

}  // namespace

void FhirMetadata::start(Gateway&) { since_ = toText(currentTime()); }

std::vector<FhirInteraction> FhirMetadata::interactions() {
    const auto metadata = [this](const FhirRequest& request) {
        return std::optional(respond(request, 200, statement(request, since_)));
    };
    const auto smart = [](const FhirRequest& request) {
        return std::optional(smartConfiguration(request));
    };
    return {{"GET", "metadata", metadata, {}, true},
            {"GET", ".well-known/smart-configuration", smart, {}, true}};
}

}  // namespace transport_http
