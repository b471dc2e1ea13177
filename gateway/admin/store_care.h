/// @file  What the admin interface does with the store as a whole.
#pragma once

#include "audit/audit.h"
#include "core/json_text.h"
#include "gateway/log.h"
#include "gateway/store.h"
#include "http/server.h"
#include "watch/watch.h"

namespace gateway {

/// GET /store/check, POST /store/backup; 404 for any other path below /store.
http::Response careOfStore(Store& store, Watch& watch, Log& log, Audit* audit,
                           const http::Request& request);

/// {"damaged": [{"id", "why": {"en", "fr"}}]}
void writeDamage(JsonWriter& json, const std::vector<std::pair<std::string, Reason>>& damage);

}  // namespace gateway
