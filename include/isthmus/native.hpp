// SPDX-License-Identifier: MIT
//
// Native handles, in and out. Opt-in: isthmus.hpp does not include this header.
//
//   Win32   a HANDLE, with the rights that the isthmus handle has
//   POSIX   a descriptor, close-on-exec. Several handles of one process may share one.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/channel.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/waitable.hpp>

#include <string_view>
#include <system_error>

namespace isthmus {

/// The native handle of an object, still owned by it: do not close it, and do not lock or truncate
/// it. Win32: nullptr, POSIX: -1, for an empty handle.
[[nodiscard]] ISTHMUS_API native_handle_type native_handle(const section& from) noexcept;
[[nodiscard]] ISTHMUS_API native_handle_type native_handle(const waitable& from) noexcept;
/// POSIX: a pidfd where the system has them, -1 elsewhere.
[[nodiscard]] ISTHMUS_API native_handle_type native_handle(const process& from) noexcept;

/// Win32: a pipe, POSIX: a socket. Do not read or write it.
[[nodiscard]] ISTHMUS_API native_handle_type native_handle(const channel& from) noexcept;

/// Makes a channel of what native_handle() gave here or, by inheritance, in another process, and
/// owns it from then on (on failure it stays the caller's). Anything else is wrong_kind.
[[nodiscard]] ISTHMUS_API channel channel_from_native(native_handle_type handle);
[[nodiscard]] ISTHMUS_API channel channel_from_native(native_handle_type handle,
                                                      std::error_code& ec) noexcept;

/// Makes a section of a native handle and owns it from then on (on failure it stays the caller's).
/// POSIX: a descriptor that came from native_handle(), here or in another process, or any
/// descriptor that can be mapped, for example a memfd; its size is then the section's, and whoever
/// may write to it can cut it short. What looks like isthmus' own memory without a name and is not
/// sealed is errc::untrusted.
[[nodiscard]] ISTHMUS_API section section_from_native(native_handle_type handle, access rights);
[[nodiscard]] ISTHMUS_API section section_from_native(native_handle_type handle, access rights,
                                                      std::error_code& ec) noexcept;

/// Makes an object of a native handle and owns it from then on (on failure it stays the caller's).
/// A handle of another kind is wrong_kind.
[[nodiscard]] ISTHMUS_API mutex mutex_from_native(native_handle_type handle, access rights);
[[nodiscard]] ISTHMUS_API mutex mutex_from_native(native_handle_type handle, access rights,
                                                  std::error_code& ec) noexcept;
[[nodiscard]] ISTHMUS_API semaphore semaphore_from_native(native_handle_type handle, access rights);
[[nodiscard]] ISTHMUS_API semaphore semaphore_from_native(native_handle_type handle, access rights,
                                                          std::error_code& ec) noexcept;
[[nodiscard]] ISTHMUS_API event event_from_native(native_handle_type handle, access rights);
[[nodiscard]] ISTHMUS_API event event_from_native(native_handle_type handle, access rights,
                                                  std::error_code& ec) noexcept;
[[nodiscard]] ISTHMUS_API timer timer_from_native(native_handle_type handle, access rights);
[[nodiscard]] ISTHMUS_API timer timer_from_native(native_handle_type handle, access rights,
                                                  std::error_code& ec) noexcept;

/// An entry for process_options::inherit: the started process gets a copy of the handle under this
/// key, whatever it is a handle of. It is needed during the call only, and need not be inheritable.
///
///   Win32   a handle of the kernel's, with its rights; not a socket
///   POSIX   a descriptor; the copy has the same description, so a file's position is shared
[[nodiscard]] ISTHMUS_API inherit_entry inherit_native(std::string_view key,
                                                       native_handle_type handle);

/// What was passed so to this process: each time another handle, which is the caller's to close,
/// and which no child inherits. not_found, wrong_kind.
[[nodiscard]] ISTHMUS_API native_handle_type inherited_native(std::string_view key);
[[nodiscard]] ISTHMUS_API native_handle_type inherited_native(std::string_view key,
                                                              std::error_code& ec) noexcept;

/// A standard stream of a started process that leads where this handle does. It is needed during
/// the call only, and need not be inheritable.
[[nodiscard]] ISTHMUS_API stream stream_from_native(native_handle_type handle) noexcept;

}  // namespace isthmus
