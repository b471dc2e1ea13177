// Any bytes are a map, as FML or StructureMap, or give findings with a place; a map that was read
// is the same map when it is printed, or written as a StructureMap, and read again.
#include <cstdint>
#include <cstdlib>

#include "fml_comments.h"
#include "fml_parser.h"
#include "fml_printer.h"
#include "fml_same.h"
#include "fml_structure_map.h"

namespace {

void check(const gateway::Findings& findings) {
    for (const gateway::Finding& finding : findings.all())
        if (finding.where.line < 1 || finding.text.empty() || finding.fr.empty()) std::abort();
}

fml::MapSyntax parsed(const std::string& text, gateway::Findings& findings) {
    const fml::SourceText source("m.map", text);
    fml::MapSyntax map = fml::parse(source, findings);
    check(findings);
    fml::readComments(source, map);
    return map;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    gateway::Findings json;
    fml::readStructureMap(fml::SourceText("m.json", bytes), json, true);
    check(json);
    gateway::Findings findings, again;
    const fml::MapSyntax map = parsed(bytes, findings);
    if (findings.failed()) return 0;
    const fml::MapSyntax printed = parsed(fml::print(map), again);
    if (again.failed() || !fml::difference(map, printed).empty()) std::abort();
    for (const fhir::Release release : {fhir::Release::r4, fhir::Release::r5}) {
        gateway::Findings told;
        fml::toStructureMap(fml::SourceText("m.map", bytes), map, release, told);
        check(told);
    }
    return 0;
}
