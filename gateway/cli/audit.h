/// @file  What the subcommands of `audit` share.
#pragma once

#include <string>
#include <vector>

#include "audit/audit_entries.h"
#include "cli/shared.h"

namespace gateway::audit {

/// A word of the audit in the language of who asks; an unknown one as it is.
std::string word(const std::string& what, bool french);
/// Entries as a table, oldest first.
void printTable(const std::vector<AuditEntry>& entries, const Shared& shared);
/// With names of columns; what a spreadsheet would take for a formula is none any more.
void printCsv(const std::vector<AuditEntry>& entries);

CLI::App& add(CLI::App& audit, Shared& shared, const std::string& name, const std::string& summary);
void addPeriod(CLI::App& command, Shared& shared, AuditFilter& filter);
/// With the period.
void addFilter(CLI::App& command, Shared& shared, AuditFilter& filter);

// Each in its own file.
void addPerson(CLI::App& audit, Shared& shared);
void addExport(CLI::App& audit, Shared& shared);

}  // namespace gateway::audit
