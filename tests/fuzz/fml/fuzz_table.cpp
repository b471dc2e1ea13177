// Any bytes are a table or give findings with a line; each row that was read is found again.
#include <cstdint>
#include <cstdlib>

#include "tables_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    gateway::Findings findings;
    const tables::Table table = tables::readCsv("t.csv", text, findings);
    for (const gateway::Finding& finding : findings.all())
        if (finding.where.line < 1 || finding.text.empty()) std::abort();
    for (const tables::Row& row : table.rows) {
        if (table.forward(row.source) == nullptr) std::abort();
        if (!row.target.empty() && table.back(row.target) == nullptr) std::abort();
    }
    tables::urlOf(text);
    return 0;
}
