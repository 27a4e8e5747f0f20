// SPDX-License-Identifier: MIT
//
// For programs under ThreadSanitizer that are linked with an ordinary build of the library. The
// sanitizer does not see this library's atomics, so it would report races on the data that a mutex
// or an event guards; it is told here what happens before what. Where it watches, the short ways
// are closed (dispatcher_word). So these notes stand in the long ways only, and an ordinary lock
// costs what it did.
#pragma once

namespace isthmus::detail::tsan {

/// The sanitizer's own; null in a program without it. One file per system, as the linkers differ.
using note = void (*)(void* address);
extern const note acquire;
extern const note release;

#if defined(__SANITIZE_THREAD__)
#define ISTHMUS_SEEN_BY_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ISTHMUS_SEEN_BY_TSAN 1
#endif
#endif

/// Whether this program has the sanitizer in it.
inline bool is_there() noexcept { return acquire != nullptr && release != nullptr; }

#if defined(ISTHMUS_SEEN_BY_TSAN)
inline bool watches() noexcept { return false; }  // it needs no notes of a library that it sees
#else
inline bool watches() noexcept { return is_there(); }
#endif

}  // namespace isthmus::detail::tsan
