/// @file  A map as FHIR's StructureMap in JSON, R4 or R5. What FML says and a StructureMap has no
/// element for is an extension of ours, so that a map comes back from JSON as it was.
#pragma once

#include "fhir_json.h"
#include "fml_syntax.h"
#include "gateway/error.h"

namespace fml {

/// Writes it; names that are no ids of FHIR are changed, which is told.
std::string toStructureMap(const SourceText& source, const MapSyntax& map, fhir::Release release,
                           gateway::Findings& findings);

/// Reads one of either release. Places in the result are offsets in `source`, which is JSON.
/// @param everything  whether what FML cannot say is told
MapSyntax readStructureMap(const SourceText& source, gateway::Findings& findings,
                           bool everything = false);

/// The map in a file of either form, FML or JSON (.json).
MapSyntax readMap(const SourceText& source, gateway::Findings& findings);
/// Only what stands before the groups.
MapSyntax readMapHeader(const SourceText& source);

/// A name as an id of FHIR: letters, digits, `-` and `.`, 64 at most.
std::string idOf(std::string_view name);

namespace extension {
inline constexpr std::string_view kMade = "made";      ///< FHIR wants it, the map has none
inline constexpr std::string_view kName = "map-name";  ///< as the map has it
inline constexpr std::string_view kComment = "map-comment";
inline constexpr std::string_view kEnding = "map-ending";
inline constexpr std::string_view kTable = "map-table";  ///< a contained ConceptMap
inline constexpr std::string_view kMetadata = "map-metadata";
inline constexpr std::string_view kListMode = "map-list-mode";
inline constexpr std::string_view kTransform = "map-transform";
inline constexpr std::string_view kExpression =
    "http://hl7.org/fhir/StructureDefinition/cqf-expression";
inline constexpr std::string_view kConstant =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-StructureMap.const";
}  // namespace extension

}  // namespace fml
