/// @file  What maps did, in words of both languages.
#pragma once

#include <string>
#include <vector>

#include "gateway/error.h"
#include "gateway/transformer.h"

namespace gateway {

/// What one map did, with its place.
Reason toldBy(const Reason& what, const Issue& issue);

/// An error with its place.
Reason placed(const Error& error);

/// What holds the result of a map: its first error, unless the map says that results with errors
/// are delivered; what is fatal holds always. Null: nothing.
const Issue* holding(const Issues& issues, const Transformer& map);

/// What the tables need so that a held message passes, each with the command that follows. They
/// name codes as the message has them: for its timeline, not for logs.
std::vector<Reason> remediesOf(const Report& report, const std::string& message);

}  // namespace gateway
