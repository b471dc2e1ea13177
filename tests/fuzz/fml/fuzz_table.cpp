// Any bytes are a table, as CSV or ConceptMap, or give findings with a line; each row that was read
// is found again, and what is written is read back as it was.
#include <cstdint>
#include <cstdlib>

#include "tables_conceptmap.h"

namespace {

using tables::Table;

void check(const gateway::Findings& findings) {
    for (const gateway::Finding& finding : findings.all())
        if (finding.where.line < 1 || finding.text.empty() || finding.fr.empty()) std::abort();
}

void checkRows(const Table& table) {
    for (const tables::Row& row : table.rows) {
        if (table.forward(row.source) == nullptr) std::abort();
        if (row.leads() && table.back(row.target) == nullptr) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const char* const file : {"t.csv", "t.json"}) {
        gateway::Findings findings;
        const Table table = tables::readTable(file, bytes, tables::Holding::all, findings);
        check(findings);
        checkRows(table);
        tables::urlOf(file, bytes);
        gateway::Findings told;
        checkRows(table.reversed(told));
        if (findings.failed()) continue;
        const std::string csv = tables::toCsv(table);
        gateway::Findings again;
        if (tables::readCsv("t.csv", csv, again).rows.size() != table.rows.size()) std::abort();
        tables::toConceptMap(table, fhir::Release::r4);
    }
    return 0;
}
