/// @file  Files that are whole and on the disk before anybody relies on them.
#pragma once

#include <cstdint>
#include <string>

namespace gateway {

/// An empty file that its owner alone may read. @throws Error(rejected) when there is one of this
/// name, Error(unavailable)
void makePrivate(const std::string& path);
/// The bytes of a file into another, made by makePrivate(), durable on return.
void copyPrivate(const std::string& from, const std::string& to);
/// @throws Error(unavailable)
void makeDurable(const std::string& path);
void makeFolderDurable(const std::string& pathInIt);
/// Takes the name of `to` from what had it, durably. @throws Error(unavailable)
void putInPlace(const std::string& from, const std::string& to);
/// A second name for a file. @throws Error(unavailable)
void nameAlso(const std::string& path, const std::string& other);
/// PATH.KIND, or PATH.KIND-2, …: a name that is free.
std::string freeName(const std::string& path, const std::string& kind);
/// @throws Error(unavailable) when the disk of `path` has less room
void needRoom(const std::string& path, std::uint64_t bytes);

}  // namespace gateway
