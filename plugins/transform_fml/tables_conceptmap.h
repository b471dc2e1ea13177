/// @file  A code table as FHIR's ConceptMap, R4 or R5. What FHIR has no element for is an extension
/// of ours: `preferred` of a row, the table that is overridden, the rule `none` for the unmapped,
/// the comment on a code without target.
#pragma once

#include "fhir_json.h"
#include "tables_table.h"

namespace tables {

/// How much of a ConceptMap a table must be able to hold.
enum class Holding {
    lookup,  ///< what translate() asks for: texts about the table may be more
    all      ///< everything, so that nothing is lost
};

/// Reads one, of either release; what a table cannot hold is a finding with its place.
/// @param node  the resource, alone or contained
Table readConceptMap(const fhir::Resource& resource, gateway::Node node, Holding holding,
                     gateway::Findings& findings);

/// Writes the whole resource as part of what `out` writes.
void writeConceptMap(fhir::Writer& out, const Table& table, fhir::Release release);
std::string toConceptMap(const Table& table, fhir::Release release);
/// What a ConceptMap cannot say of a table is a finding: the code for the unmapped, which is of the
/// table's target, while FHIR has it in a group, of that group's target.
void checkForConceptMap(const Table& table, gateway::Findings& findings);

/// Reads a table from a file of either form.
Table readTable(const std::string& file, std::string_view bytes, Holding holding,
                gateway::Findings& findings);

/// The url that a file of either form says.
std::string urlOf(const std::string& file, std::string_view bytes);

}  // namespace tables
