/// @file  What a person decides of messages and deliveries that wait, over the admin interface.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/asked.h"
#include "audit/audit.h"
#include "gateway/log.h"
#include "pipeline/pipeline.h"

namespace gateway {

enum class Decided { replay, close, settle };

/// Of the path of a request; nothing: of another kind.
std::optional<Decided> decided(std::string_view path);

/// Does what is wished, or says what would be done. @return {"results": […]}
/// @throws Error(malformed) naming the member
/// @param audit  null: nothing is recorded
std::string carryOut(Store& store, Pipeline& pipeline, Log& log, Audit* audit, Decided what,
                     const Wish& wish);

}  // namespace gateway
