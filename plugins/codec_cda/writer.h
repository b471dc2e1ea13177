/// @file  A tree with the names of HL7's logical models to a CDA document.
#pragma once

#include "cda_model.h"
#include "common/check/found.h"
#include "common/xml/tree_writer.h"
#include "gateway/error.h"

namespace cda {

/// The model says what is an attribute, and in which order elements stand, whatever the order in
/// which a map made them.
class Writer final : public xml::TreeWriter {
public:
    Writer(text::Out& out, gateway::Issues& issues) : TreeWriter(out, kCda), found_(issues) {}

protected:
    /// Of the root, and of what CDA does not know.
    void element(Node node, std::string_view name) override;
    bool needsInstance(Node node) const override;

private:
    struct Item {
        Node node;
        const Member* member;  ///< null: text, or what CDA does not know
    };
    void root(Node node);
    void known(Node node, std::string_view name, const Type& type, const Type* said);
    void attributes(Node node, const Type& type);
    static std::string valueOf(Node node, const Member& member);
    void content(Node node, const Type& type, std::vector<Item>& items);
    void child(const Item& item);
    void narrative(Node node, std::string_view text);
    void strange(Node node);
    static bool saysType(const Member& member, const Type& type);
    /// The text of a node, be it the node's own or a part's.
    static std::string_view textOf(Node node);

    check::Found found_;
};

}  // namespace cda
