#include "fhir_sending.h"

#include <algorithm>

namespace transport_http {
using namespace gateway;

bool FhirSource::takes(std::string_view type) const {
    return std::find(resources.begin(), resources.end(), type) != resources.end();
}

std::vector<FhirInteraction> FhirSending::interactions() { return {}; }

void FhirSending::describe(Capabilities&, Gateway&) const {}

}  // namespace transport_http
