/// @file  What the store shows, as JSON.
#pragma once

#include "admin/json_text.h"
#include "gateway/store.h"

namespace gateway {

/// @param whole  with the timeline and the peers' answers
void write(JsonWriter& json, const MessageView& message, bool whole);

}  // namespace gateway
