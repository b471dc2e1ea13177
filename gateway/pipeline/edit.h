/// @file  A copy with other bytes of a message that waits: never about another person, never to
/// others, never under another consent.
#pragma once

#include <string>

#include "gateway/store.h"
#include "pipeline/setup.h"

namespace gateway {

class Translator;

struct Edit {
    std::string message;  ///< held; nothing of it was sent to anybody
    Bytes body;
    std::string by, why;
};

/// The copy as it would be stored.
///
/// Compared are: what the gateway knows of a message without knowing its format (sender, control
/// id, type, order keys, subjects); the parts of the tree in which an identifier of the person
/// stands; and who gets it. When a policy decides that, both must be decided, and alike.
/// @throws Error(rejected) saying what must not change
Incoming copyOf(Store& store, Translator& translator, const Setup& setup, const Edit& edit);

}  // namespace gateway
