// SPDX-License-Identifier: MIT
//
// Whether this program is built with a sanitizer. gcc says it by a macro, clang by a question.
#pragma once

#if !defined(__has_feature)
#define ISTHMUS_TEST_HAS(feature) 0
#else
#define ISTHMUS_TEST_HAS(feature) __has_feature(feature)
#endif

namespace support {

#if defined(__SANITIZE_ADDRESS__) || ISTHMUS_TEST_HAS(address_sanitizer)
inline constexpr bool address_sanitizer = true;
#else
inline constexpr bool address_sanitizer = false;
#endif
#if defined(__SANITIZE_THREAD__) || ISTHMUS_TEST_HAS(thread_sanitizer)
inline constexpr bool thread_sanitizer = true;
#else
inline constexpr bool thread_sanitizer = false;
#endif

}  // namespace support

#undef ISTHMUS_TEST_HAS
