// SPDX-License-Identifier: MIT
//
// What the process that started this one has passed to it (process_options::inherit), by the keys
// that it chose.
//
//     auto table = isthmus::inherited<isthmus::section>("table");
//     auto guard = isthmus::inherited<isthmus::mutex>("guard");
//
// Each call gives another handle, with the rights that the parent chose, so a key can be asked for
// again. The process holds what it was passed until it ends, whether or not anybody asks: an
// inherited object and its name live at least that long, whatever becomes of the parent (INH-07),
// unless the process gives it up with forget_inherited().
// Ownership of a mutex is not inherited (MTX-17), nor is a view (INH-06).
//
// One end of a channel is passed like an object, but there is one of it: see channel.hpp.
//
// What was passed is for one process, the first that uses the library: where the program that was
// started is a wrapper, the one that the wrapper starts. The processes that this one starts in turn
// get what it passes to them, and nothing of what it has inherited itself. A child of a plain fork
// has what its parent had. Of several copies of the library in one process, the first has it.
//
//   Win32   inherited handles, which a section among them lists
//   POSIX   descriptors, which a section among them lists; each is compared with the object's
//           identity before it is used, so that no other is taken for it. Nothing is inherited by a
//           program that runs with other rights than its user's (set-uid).
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/platform.hpp>

#include <string_view>
#include <system_error>
#include <utility>

namespace isthmus {

namespace detail {
ISTHMUS_API any_object inherited_object(std::string_view key, object_kind wanted);
ISTHMUS_API any_object inherited_object(std::string_view key, object_kind wanted,
                                        std::error_code& ec) noexcept;
ISTHMUS_API void forget_inherited(std::string_view key, std::error_code& ec) noexcept;
}  // namespace detail

/// The section, mutex, semaphore, event or timer that was passed under this key. not_found where
/// there is none; wrong_kind where it is of another kind.
template <class T>
requires(detail::object_kind_of<T> != object_kind::none) [[nodiscard]] T
    inherited(std::string_view key) {
  any_object object = detail::inherited_object(key, detail::object_kind_of<T>);
  return std::move(*object.get<T>());
}
template <class T>
requires(detail::object_kind_of<T> != object_kind::none) [[nodiscard]] T
    inherited(std::string_view key, std::error_code& ec) noexcept {
  any_object object = detail::inherited_object(key, detail::object_kind_of<T>, ec);
  return ec ? T() : std::move(*object.get<T>());
}

/// Gives up what the process itself holds under this key, so that the object goes with the last of
/// the handles that were got of it. The key is not_found from then on. Not while another thread
/// asks for the same key. Unknown keys, and no memory, leave all as it is.
inline void forget_inherited(std::string_view key) noexcept {
  std::error_code ignored;
  detail::forget_inherited(key, ignored);
}

}  // namespace isthmus
