/// @file  A tree to XML: what TreeReader reads, and trees that maps or other formats made.
///
/// Children named as tree_reader.h says are what they are there; a plain child `xmlns` with a text
/// is the namespace too. All else is an element; an item of a list in a list is `item`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/xml/xml.h"
#include "gateway/error.h"
#include "gateway/tree.h"

namespace xml {

class TreeWriter {
public:
    /// @param space  the namespace of the root, if it does not say one
    explicit TreeWriter(text::Out& out, std::string_view space = {}) : out_(out), space_(space) {}
    virtual ~TreeWriter() = default;

    /// The declaration and the root. @param name  of its element; empty: the node's own
    /// @throws gateway::Error(rejected) with the path of what XML cannot carry
    void document(gateway::Node root, std::string_view encoding, std::string_view name = {});

protected:
    using Node = gateway::Node;
    /// Writes an element whose name is known to be one.
    virtual void element(Node node, std::string_view name);

    /// What the children of a node are.
    struct Parts {
        std::vector<Node> attributes, content;
        std::string_view space;
        bool said = false;  ///< `space` is
    };
    Parts partsOf(Node node) const;
    static bool isAttribute(Node child) { return child.name().starts_with('@'); }
    /// `xmlText` is what models call the text of an element (logical/model.h): maps make it so.
    static bool isText(Node child) {
        return child.name() == "#text" || (child.name() == "xmlText" && child.children().empty());
    }

    void open(std::string_view name) { out_ << '<' << name; }
    void attribute(Node from, std::string_view name, std::string_view value);
    void text(Node from, std::string_view value);
    void close(std::string_view name, bool empty);
    /// Declares `space` for an element without a prefix, where it is another than that around it.
    void declare(std::string_view space);
    /// Declares xsi on the root if something below it needs that.
    void declareInstance(Node root);
    virtual bool needsInstance(Node node) const;
    void prefixes(const Parts& parts);
    void checkName(Node node, std::string_view name) const;
    void checkPrefix(Node node, std::string_view name) const;
    [[noreturn]] static void refuse(Node node, const gateway::Reason& why);

    text::Out& out_;
    std::string_view space_;  ///< that is in force; of the root, what was asked for
    std::vector<std::string_view> prefixes_;
    bool root_ = true;
    int depth_ = 0;
};

/// Gives text that is UTF-8 in another encoding; what that does not have becomes `&#…;`.
/// @param encoding  as toUtf8() knows it, except UTF-16
std::string fromUtf8(std::string text, std::string_view encoding);

}  // namespace xml
