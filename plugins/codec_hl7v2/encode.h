/// @file  A tree to ER7 bytes.
#pragma once

#include "charset.h"
#include "gateway/bytes.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// Of an untouched document the bytes that it came from, segments ended by CR. Else segments in
/// document order, those inside groups too; fields, components and subcomponents by their numbers
/// in any order and with gaps; repetitions in document order; the delimiters and the charset that
/// MSH names, else |^~\& and `charset`, else UTF-8.
/// @throws Error(rejected) naming the path of what ER7 cannot carry
void encode(const Document& document, const Charset* charset, Sink& out);

/// A field or less as it is written with the usual delimiters: "APP&1.2.250&ISO".
std::string plainText(Node node);

}  // namespace gateway::hl7v2
