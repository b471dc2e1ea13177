/// @file  Whether the tests are built with a sanitizer that takes time and memory of its own.
#pragma once

namespace support {

/// It keeps what was freed, and each access costs more: bounds on time and memory are wider there.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace support
