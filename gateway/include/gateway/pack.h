/// @file  A message of several files as one body: an uncompressed tar (POSIX ustar), entries sorted
/// by name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/bytes.h"

namespace gateway {

struct PackedFile {
    std::string name;  ///< without folders before it
    Bytes content;
};

/// The same files make the same bytes, whatever their order and dates.
/// @throws Error(rejected) for a name that is empty, longer than 100 bytes, twice there or holds a
/// slash
GATEWAY_API Bytes packed(std::vector<PackedFile> files);

/// The files of a pack, as they stand in it; nothing when `body` is no tar.
/// @throws Error(malformed) naming the byte where the tar is broken, Error(unsupported) for what
/// is neither a file nor a folder
GATEWAY_API std::optional<std::vector<PackedFile>> unpacked(const Bytes& body);

/// The pack of a folder's files: those whose names begin with a dot, and folders in it, are left
/// out. @throws Error(unavailable) for what cannot be read
GATEWAY_API Bytes packedFolder(const std::string& folder);

/// Writes the files of a pack into a folder, which is made if it is not there.
/// @throws Error(unavailable) for what cannot be written
GATEWAY_API void unpackInto(const std::string& folder, const Bytes& body);

}  // namespace gateway
