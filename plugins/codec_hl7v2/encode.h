/// @file  A tree to ER7 bytes.
#pragma once

#include "charset.h"
#include "gateway/bytes.h"
#include "gateway/error.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

struct EncodeOptions {
    const Charset* charset = nullptr;  ///< to be written, whatever MSH-18 says; MSH-18 then follows
    bool transliterate = false;        ///< write a character that the charset lacks another way
};

/// Of an untouched document the bytes that it came from, segments ended by CR. Of an edited one the
/// same but for what was changed, unless its delimiters are not those of its source; of one that is
/// written in another charset the same in that charset, without a byte order mark in front.
/// Else segments in document order, those inside groups too; fields, components and subcomponents
/// by their numbers in any order and with gaps; repetitions in document order; the delimiters that
/// MSH names, else |^~\&; the charset of the options, else that of MSH-18, else UTF-8.
/// @throws Error(rejected) naming the path of what ER7 cannot carry
void encode(const Document& document, const EncodeOptions& options, Sink& out, Issues& issues);

/// A field or less as it is written with the usual delimiters: "APP&1.2.250&ISO".
std::string plainText(Node node);

}  // namespace gateway::hl7v2
