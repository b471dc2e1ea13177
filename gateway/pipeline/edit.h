/// @file  A copy with other bytes of a message that waits: never about another person, never to
/// others, never under another consent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/store.h"
#include "pipeline/setup.h"

namespace gateway {

class Translator;

struct Edit {
    std::string message;  ///< held, or some of its deliveries wait for a person
    Bytes body;
    std::string by, why;
};

/// The fact of a copy that goes to these destinations alone, one on each line ("partner/name", tab,
/// what made it where that is known: MadeBy::mark()): the others have, or will get, the message as
/// it came.
inline constexpr const char* kOnlyFact = "only";

/// A copy, and what it takes the place of: the message, or some of its deliveries.
struct EditedCopy {
    Incoming copy;
    std::vector<std::string> instead;
    std::vector<std::string> lines;  ///< of kOnlyFact, of each of those deliveries

    /// Leaves it only what could be closed: the rest has gone meanwhile, as it came.
    /// @return whether that is anything
    bool narrow(const std::vector<std::optional<Reason>>& notClosed);
};

/// The copy as it would be stored.
///
/// Compared are: what the gateway knows of a message without knowing its format (sender, control
/// id, type, order keys, subjects); the parts of the tree in which an identifier of the person
/// stands; and who gets it. When a policy decides that, both must be decided, and alike. Of a
/// message that cannot be read nothing can be compared but its bytes: what names the person in the
/// copy must stand in it, unchanged and in its place.
/// @throws Error(rejected) saying what must not change
EditedCopy copyOf(Store& store, Translator& translator, const Setup& setup, const Edit& edit);

}  // namespace gateway
