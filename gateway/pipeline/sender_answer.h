/// @file  What a sender awaits apart from its connection (`application_answers`).
#pragma once

#include "gateway/store.h"
#include "pipeline/setup.h"
#include "pipeline/translating.h"

namespace gateway {

/// Adds the answer to what became of the message: a delivery like any other, and made with them.
/// That a message is still held after a replay is no news.
void tellSender(const Translations& shared, const Setup& setup, const MessageClaim& claim,
                Translation& result);

}  // namespace gateway
