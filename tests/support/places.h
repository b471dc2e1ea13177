/// @file  Where this build and its sources lie. In one object file alone, so that all others are
/// the same wherever that is and a compiler cache knows them again.
#pragma once

namespace support {

extern const char* const kBuildDir;
extern const char* const kSourceDir;

}  // namespace support
