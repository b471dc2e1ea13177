/// @file  What the machine allows: SQLite alone with the rows of the gateway, the disk alone.
#pragma once

#include <cstddef>
#include <string>

namespace bench {

/// Rows of one message on its whole way: into the store's schema, in one thread, `group` messages
/// in each durable commit; nothing is decoded, mapped, sealed, compressed or sent.
/// @return messages a second
double bareStore(const std::string& folder, std::size_t bytes, std::size_t group, double seconds);

/// @return durable writes of 4 KiB at the end of a file a second
double bareDisk(const std::string& folder, double seconds);

}  // namespace bench
