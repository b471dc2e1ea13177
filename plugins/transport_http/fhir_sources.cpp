#include "fhir_sources.h"

#include <algorithm>

#include "fhir_respond.h"

namespace transport_http {
using namespace gateway;

namespace {

Wanted wanted(const FhirSource& source, std::string_view type, Wanted::Act act) {
    Wanted what;
    what.act = act;
    what.source = source.options.name;
    what.type = type;
    return what;
}

bool reads(const FhirSource& source, FhirFormat format) {
    return format == FhirFormat::json ? source.json : source.xml;
}

}  // namespace

bool FhirSource::takes(std::string_view type) const {
    return std::find(resources.begin(), resources.end(), type) != resources.end();
}

std::variant<const FhirSource*, http::Response> FhirSources::choose(const FhirRequest& request,
                                                                    std::string_view type,
                                                                    Wanted::Act act) const {
    const FhirSource *closed = nullptr, *other = nullptr;
    for (const FhirSource& source : all_) {
        if (!source.takes(type)) continue;
        if (request.gateway.access()->refuses(request.who, wanted(source, type, act)))
            closed = closed != nullptr ? closed : &source;
        else if (!reads(source, request.body))
            other = &source;
        else
            return &source;
    }
    if (other != nullptr)
        return refusal(request, 415, "not-supported",
                       {"this format is not taken here", "ce format n'est pas pris ici"},
                       "Content-Type");
    if (closed != nullptr)
        if (auto refused = mayNot(request, wanted(*closed, type, act))) return *std::move(refused);
    return refusal(request, 404, "not-supported",
                   {"this type of resource is not taken here: see metadata",
                    "ce type de ressource n'est pas pris ici : voir metadata"});
}

std::optional<http::Response> FhirSources::refuse(const FhirRequest& request,
                                                  Wanted::Act act) const {
    for (const FhirSource& source : all_)
        for (const std::string& type : source.resources)
            if (!request.gateway.access()->refuses(request.who, wanted(source, type, act)))
                return std::nullopt;
    return mayNot(request, wanted(all_.front(), all_.front().resources.front(), act));
}

}  // namespace transport_http
