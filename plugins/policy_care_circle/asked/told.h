/// @file  An answer as JSON, told piece by piece.
#pragma once

#include "common/json/told.h"

namespace care_circle {
using json::Told;
}
