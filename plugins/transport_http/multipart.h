/// @file  Files that come as a form (multipart/form-data, RFC 7578): what a browser or `curl -F`
/// sends.
#pragma once

#include <string_view>

#include "gateway/bytes.h"

namespace transport_http {

/// Whether that Content-Type is such a form.
bool isForm(std::string_view contentType);

/// One file: its bytes. Several: a pack of them (gateway/pack.h).
/// @throws gateway::Error(malformed) for what is no whole form, Error(rejected) for a part that is
/// no file, or whose name cannot be one
gateway::Bytes filesOf(const gateway::Bytes& form, std::string_view contentType);

}  // namespace transport_http
