/// @file  How places in a message are spelled: "PID-5[1].2.1", "OBX[3]-5"; and what a tree of this
/// codec holds beside names and texts.
///
/// Segments, fields, components and subcomponents count from 1. [n] stands only among several of
/// one name: which segment of that id, which repetition of that field. Groups that a map built come
/// first: "PATHWAY/PROBLEM[2]/PRB-3.1".
#pragma once

#include <cstdint>
#include <string>

#include "charset.h"
#include "escape.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

std::string pathOf(Node node);

/// What Node's spare field holds in trees of this codec. Other values are of other codecs.
struct Spare {
    Unescaped how;
    std::uint32_t gap = 0;  ///< empty repetitions before this one
    bool told = false;      ///< they are kMostGap or more, and only the mark knows (marks.h)

    static constexpr std::uint32_t kMostGap = 0x1FF;
    static bool isOurs(Node node);
    static Spare of(Node node) { return node && node.data()->spare != 0 ? read(node) : Spare{}; }
    std::uint16_t value() const;
    bool any() const { return how.any() || gap > 0; }
    static Spare read(Node node);  ///< of a node that has one, perhaps of another codec
};

/// What the root's spare field holds: how its source was read.
struct SourceSet {
    const Charset* charset = nullptr;  ///< null: unknown
    bool named = false;                ///< MSH-18 names it

    static SourceSet of(Node root);
    std::uint16_t value() const;
};

}  // namespace gateway::hl7v2
