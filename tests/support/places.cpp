#include "support/places.h"

namespace support {

const char* const kBuildDir = TEST_BUILD_DIR;
const char* const kSourceDir = TEST_SOURCE_DIR;

}  // namespace support
