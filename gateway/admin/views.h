/// @file  What the store shows, as JSON.
#pragma once

#include "core/json_text.h"
#include "gateway/store.h"
#include "pipeline/unmapped_seen.h"

namespace gateway {

/// {"en": …, "fr": …} under that name; nothing when there is no reason.
void write(JsonWriter& json, std::string_view name, const Reason& reason);
/// How much of a message.
enum class Depth {
    heads,     ///< states and reasons
    timeline,  ///< that too, and what each answer was
    words      ///< the peers' own words too
};
void write(JsonWriter& json, const MessageView& message, Depth depth);

void write(JsonWriter& json, const Refusal& refusal);
void write(JsonWriter& json, const PastPause& past);

/// {"unmapped": [{map, table, code, count, last}]}; what stands for further codes has `others`
/// instead of `code`.
void write(JsonWriter& json, const std::vector<UnmappedSeen::Seen>& unmapped);

}  // namespace gateway
