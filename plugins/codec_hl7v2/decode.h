/// @file  ER7 bytes to a tree, in one pass.
///
/// The root is named by the message structure (MSH-9.3, else MSH-9.1_9.2, else HL7V2); below it
/// segments by their id, fields, components and subcomponents by their numbers; repetitions of a
/// field are siblings of one name. What is empty is no node; `""` is a node of kind null. A field
/// with nothing but its first component, or a component with nothing but its first subcomponent, is
/// a leaf: `A`, `A^` and `A&` read alike. MSH-1 and MSH-2 hold the delimiters as they are. Beside
/// the few fields (components) that cannot be written again from their texts alone stands a node
/// "_5" that tells why (marks.h).
#pragma once

#include <string_view>

#include "charset.h"
#include "delimiters.h"
#include "gateway/bytes.h"
#include "gateway/error.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

struct DecodeOptions {
    const Charset* charset = nullptr;  ///< when MSH-18 is empty; null: ASCII or UTF-8
    bool repair = false;               ///< read bytes that do not fit the charset nevertheless
};

/// UTF-16 and UTF-32 are known by their bytes; places in the tree are those of the body.
/// @throws Error(malformed), Error(unsupported) for a charset that we lack
Document decode(Bytes body, const DecodeOptions& options, Issues& issues);

/// The message proper: without a byte order mark and line ends in front.
std::string_view withoutPrelude(std::string_view body);

}  // namespace gateway::hl7v2
