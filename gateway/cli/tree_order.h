/// @file  Trees whose order of children means something, in formats where members have no order.
///
/// JSON gathers siblings of one name: [A, B, A] becomes {"A": […], "B": …}. So the children of a
/// root are written as a list of objects, [{"A": …}, {"B": …}, {"A": …}], and below it those where
/// names alternate.
#pragma once

#include "gateway/tree.h"

namespace gateway {

/// The same tree with its order in lists. Its texts point into `tree`, which must outlive it.
Document inLists(const Document& tree);

/// The same, but the root is a list only where names alternate: for formats whose order matters
/// nowhere else.
Document inListsBelow(const Document& tree);

/// The tree that such lists stand for; a tree without them is copied as it is. Its texts point into
/// `tree`, which must outlive it.
Document outOfLists(const Document& tree);

}  // namespace gateway
