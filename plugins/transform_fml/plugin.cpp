/// Language "fml": FHIR Mapping Language, its expressions (FHIRPath) and code tables (CSV).
/// Options: none.
#include "gateway/plugin.h"

#include "fml_language.h"

GATEWAY_PLUGIN("transform_fml", "1.0.0", [](gateway::Registry& registry) {
    registry.language("fml", [](gateway::Config&) { return std::make_unique<fml::Language>(); });
})
