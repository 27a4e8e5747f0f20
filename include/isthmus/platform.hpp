// SPDX-License-Identifier: MIT
//
// The one place where the public headers look at the platform: the language, the export mark and
// the type of a native handle. Everything else is chosen by the build file. Every header begins
// with it.
#pragma once

#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) <= 201703L
#error isthmus needs C++20: compile with -std=c++20 (Meson: cpp_std=c++20; CMake: cxx_std_20) or newer
#include <isthmus/needs-c++20>  // is not there: ends the compilation here, before all that follows from it
#endif

#if defined(_WIN32)
#if defined(ISTHMUS_STATIC)
#define ISTHMUS_API
#elif defined(ISTHMUS_BUILDING)
#define ISTHMUS_API __declspec(dllexport)
#else
#define ISTHMUS_API __declspec(dllimport)
#endif
namespace isthmus {
/// What the system itself calls an open object: a HANDLE on Win32, a file descriptor on POSIX.
using native_handle_type = void*;
/// The native handle of an empty object.
inline constexpr native_handle_type no_native_handle = nullptr;
}  // namespace isthmus
#else
#define ISTHMUS_API __attribute__((visibility("default")))
namespace isthmus {
/// What the system itself calls an open object: a HANDLE on Win32, a file descriptor on POSIX.
using native_handle_type = int;
/// The native handle of an empty object.
inline constexpr native_handle_type no_native_handle = -1;
}  // namespace isthmus
#endif
