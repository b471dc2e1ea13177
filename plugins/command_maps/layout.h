/// @file  A filled-in sheet as things to make: which rows tell of one goal, where goals stand in
/// the source, and what they lie in.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fields.h"
#include "rewrite.h"
#include "sheet.h"
#include "source_path.h"

namespace maps {

/// A row with its target.
struct Mapping {
    const SheetRow* row = nullptr;
    const Field* field = nullptr;
    std::string label;  ///< of "intervenant(kiné).nom": which of several
    SourcePath path;
    Rewrite rewrite;
    /// FHIR elements below the thing's resource, of a target such as "Patient.maritalStatus.text".
    std::vector<std::string> raw;
    const Kind* kind = nullptr;
    const KindPart* rawPart = nullptr;
    std::string rawVariable;  ///< of the resource
};

/// All things of one kind that stand in one place of the source.
struct Things {
    const Kind* kind = nullptr;
    std::string label;
    Steps path;
    std::vector<const Mapping*> mappings;
    Things* inside = nullptr;  ///< what they lie in; null: the plan
    std::vector<Things*> holds;
    /// Several of them stand in one line of the source, which comes again for each.
    bool grouped = false;

    const Mapping* of(const Field* field) const;
};

/// Rows that say nothing yet, or that the sheet leaves out on purpose.
struct Left {
    const SheetRow* row;
    SourcePath path;
};

class Layout {
public:
    /// What is wrong goes to `findings`, with the line of the sheet.
    Layout(const Sheet& sheet, const Catalogue& catalogue, gateway::Findings& findings);

    const Things& single(const Kind& kind) const;  ///< of a kind that stands once
    bool has(const Kind& kind) const;
    const std::vector<std::unique_ptr<Things>>& things() const { return things_; }
    const std::vector<Left>& unmapped() const { return unmapped_; }
    const std::vector<Left>& ignored() const { return ignored_; }
    std::vector<const Things*> ofKind(std::string_view kind) const;
    std::size_t mapped() const { return mappings_.size(); }

private:
    void read(const SheetRow& row);
    bool target(const SheetRow& row, Mapping& mapping);
    bool rawTarget(const SheetRow& row, Mapping& mapping);
    void check(const Mapping& mapping);
    void joinedElsewhere();
    void group(const Kind& kind);
    void place(const Kind& kind, const Mapping& mapping);
    void nest();
    void needed();
    void fail(const SheetRow& row, const gateway::Reason& reason);

    const Sheet& sheet_;
    const Catalogue& catalogue_;
    gateway::Findings& findings_;
    std::vector<std::unique_ptr<Mapping>> mappings_;
    std::vector<std::unique_ptr<Things>> things_;
    std::vector<Left> unmapped_, ignored_;
};

}  // namespace maps
