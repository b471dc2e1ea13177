/// @file  Logical models: FHIR StructureDefinitions (JSON, R4 or R5) of formats that are not FHIR.
///
/// The names are those of the generic codecs' trees: an element with the representation `xmlAttr`
/// is `@name`, one with `xmlText` is the text of its parent. The extensions `json-name` and
/// `xml-name` say the name where the path cannot.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/error.h"
#include "gateway/model.h"
#include "gateway/tree.h"

namespace logical {

/// One file that holds a StructureDefinition.
struct File {
    std::string name;
    std::string text;
};

/// The types of several files, which may speak of each other's.
class Model final : public gateway::Model {
public:
    /// @param others  whose types elements may have, FHIR's first of all
    Model(const std::vector<File>& files, const std::vector<const gateway::Model*>& others,
          gateway::Findings& findings);

    std::string_view name() const override { return "logical"; }
    const gateway::ModelType* type(gateway::Name name) const override;
    const gateway::ModelType* byUrl(std::string_view url) const override;
    std::vector<std::string_view> typeNames() const override;
    /// The types of documents, one for each file.
    const std::vector<const gateway::ModelType*>& roots() const { return roots_; }

private:
    struct Draft;
    void outline(const File& file, gateway::Findings& findings);
    void fill(const Draft& draft, gateway::Findings& findings);
    gateway::ModelElement element(gateway::Node node, const std::string& path, const Draft& draft);
    const gateway::ModelType* typeOf(const std::string& code);
    gateway::ModelType& add(const std::string& name, gateway::ModelType::Kind kind);

    const std::vector<const gateway::Model*> others_;
    std::deque<gateway::ModelType> types_;
    std::map<std::string, gateway::ModelType*, std::less<>> byName_, byUrl_;
    std::vector<const gateway::ModelType*> roots_;
};

}  // namespace logical
