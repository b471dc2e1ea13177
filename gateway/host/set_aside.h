/// @file  What stands in for the ends of a partner whose own configuration is broken: its messages
/// wait until the configuration is mended, and nobody else's do.
#pragma once

#include <memory>
#include <string>

#include "pipeline/setup.h"

namespace gateway {

/// A map that holds each message, saying that what is `where` is broken.
std::shared_ptr<const Transformer> asideMap(const std::string& where);

/// Fills what a destination lacks so that its deliveries wait: without map or codec they are held
/// with a reason, else they are made and queued; none is sent.
/// @param mapIsBroken  the configuration names a map, which could not be compiled
void setAside(DestinationSetup& destination, bool mapIsBroken);

}  // namespace gateway
