/// @file  Writes an edited message: its source, but for what was changed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "encoder.h"
#include "gateway/bytes.h"
#include "gateway/tree.h"
#include "wide.h"

namespace gateway::hl7v2 {

/// Line ends of a source as CR.
void copyWithCarriageReturns(std::string_view text, Sink& out);

/// Source bytes are taken of nodes that are neither changed nor touched, and where nothing but
/// delimiters stands; so no place of a changed node, which may be of another source, is trusted
/// with more than that.
/// Where the charset alone is another, the values are converted where they stand; those that are
/// not the same text then (`\XE9\`, a character that it lacks) are written anew.
class Rewriter {
public:
    /// @param text    the source; of a wide one as UTF-8
    /// @param places  of a wide source, else null
    /// @param from    of the text, when it is not the charset that is written
    Rewriter(std::string_view text, const WideText* places, const Charset* from, Encoder& encoder,
             Sink& out)
        : text_(text),
          places_(places),
          from_(from),
          converts_(from && !(from->isUnicode() && encoder.charset().isUnicode())),
          encoder_(encoder),
          d_(encoder.delimiters()),
          out_(out) {}

    void write(Node root);

private:
    /// The levels of a message, by what stands between their children.
    enum class Level { field, component, subcomponent };
    using Nodes = std::vector<Node>;

    bool stands(Node node) const { return !node.changed() && !node.touched(); }
    bool isSame(std::string_view raw) const;
    bool hasHighHex(std::string_view raw) const;
    bool converted(std::string_view raw);
    Span placeOf(Node node) const;
    std::string_view bytes(std::uint32_t begin, std::uint32_t end) const;

    void segments(Node group);
    void segment(Node segment);
    void ended(Span place);
    void segmentText(Node segment, Span place);
    static Nodes byNumber(Node parent, std::uint32_t least);
    void slots(Node parent, Span place, Level level, std::uint32_t number, bool more);
    void charset(std::string_view raw);
    void slot(Span raw, const Node* begin, const Node* end, Level level);
    /// What the marks beside some nodes of one name tell, read when one asks for it.
    struct Told {
        Marks marks;
        std::uint32_t first = 0;  ///< the ordinal of the first
    };
    void gap(Node node, std::uint32_t behind, Told& told);
    void several(const Node* begin, const Node* end, Level level);
    const Node* standing(Span raw, const Node* begin, const Node* end, Level level) const;
    void node(Node node, Level level);
    void anew(Node node, Level level);

    char separator(Level level) const;
    bool isEmpty(std::string_view raw, Level level) const;

    const std::string_view text_;
    const WideText* const places_;
    const Charset* const from_;
    const bool converts_;  ///< bytes above 0x7F stand for something else
    Encoder& encoder_;
    const Delimiters& d_;
    Sink& out_;
    std::string utf8_, converted_;
    bool endMissing_ = false;  ///< of the segment written last
};

}  // namespace gateway::hl7v2
