/// @file  The grouped view: segments under the groups of their message's structure.
///
/// Groups are named as in the standard's XML, without the structure in front: PATIENT_RESULT,
/// ORDER_OBSERVATION. A choice of segments (<OBR|RXO>) is no group of its own. Each segment goes to
/// the first place ahead that fits: its own repetition, a later place in its group, a new
/// repetition of that group, then the same one group further out; a group is entered at its first
/// segments, up to the first required one, or beyond it when the message has none of that segment.
/// What fits nowhere ahead goes to a new repetition of a place behind, else it stays in the group
/// that is open: both are told. Z-segments, and PRT where the structure has none, stay
/// without a word. The order of the segments never changes.
#pragma once

#include "gateway/error.h"
#include "gateway/tree.h"

namespace gateway::hl7v2 {

/// @param flat  as decode() made it; comes back as it is, and an issue says so, when the dictionary
///              does not know its structure
Document grouped(Document flat, Issues& issues);

}  // namespace gateway::hl7v2
