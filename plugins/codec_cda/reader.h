/// @file  A CDA document to a tree with the names of HL7's logical models.
#pragma once

#include "common/xml/tree_reader.h"
#include "gateway/error.h"

namespace cda {

/// What CDA knows is named as in its model: attributes and elements alike, by their plain names,
/// "sdtcRaceCode" in the extensions' namespace; `xsi:type` is the type of the node. The text of a
/// section is kept as it is written. All else stands as in any XML.
class Reader final : public xml::TreeReader {
public:
    using TreeReader::TreeReader;

    /// @throws gateway::Error(malformed, unsupported)
    void begin(const xml::Tag& tag) override;

protected:
    Naming element(Known parent, const xml::Tag& tag) override;
    Naming attribute(Known owner, const xml::Attribute& attribute) override;
    bool isVerbatim(Known known) override;
    std::string_view space() const override;
    bool declared(const xml::Declaration& one) const override;

private:
    Naming root(const xml::Tag& tag);

    bool begun_ = false;
    std::string_view space_;
};

}  // namespace cda
