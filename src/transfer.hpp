// SPDX-License-Identifier: MIT
//
// Objects on their way to other processes, by inheritance or through a channel: what carries them
// and what is said about them. Both ways pack an object here, bring the carriers across each in its
// own manner, and unpack it there.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/any_object.hpp>
#include <isthmus/name.hpp>
#include <isthmus/platform.hpp>

#include "dispatcher.hpp"
#include "failure.hpp"
#include "section.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace isthmus::detail {

/// Closes a native handle that this process owns.
void close_carrier(native_handle_type handle) noexcept;

/// A native handle that carries an object. Win32: of this process, not inheritable, with exactly
/// the rights that are sent (and those to look at size and owner). POSIX: a description of its own,
/// close-on-exec; whoever brings it across closes the sender's copy, so that it has one owner
/// again.
class carrier {
 public:
  carrier() noexcept = default;
  explicit carrier(native_handle_type handle) noexcept : handle_(handle) {}
  carrier(carrier&& other) noexcept : handle_(other.release()) {}
  carrier& operator=(carrier&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~carrier() { reset(); }

  [[nodiscard]] native_handle_type get() const noexcept { return handle_; }
  explicit operator bool() const noexcept { return handle_ != no_native_handle; }
  [[nodiscard]] native_handle_type release() noexcept {
    return std::exchange(handle_, no_native_handle);
  }
  void reset() noexcept {
    if (handle_ != no_native_handle) close_carrier(release());
  }

 private:
  native_handle_type handle_ = no_native_handle;
};

/// An object on its way.
struct parcel {
  object_kind kind = object_kind::none;
  isthmus::access access = isthmus::access::none;  ///< of the handle that it becomes
  scope where = scope::session;
  std::string name;                               ///< without prefix; empty: unnamed
  std::array<std::uint64_t, 2> identity{};        ///< POSIX: the object's, where it has a header
  std::uint64_t size = 0;                         ///< section
  isthmus::access pages = isthmus::access::none;  ///< section: the protection of its pages
  bool file = false;                              ///< section: the bytes are a file's
  /// Without gaps. POSIX: the anchor or the memory; the file of a section that has one, behind the
  /// anchor where that has a name, as have the bytes that are apart from theirs. Win32: one.
  std::array<carrier, 2> carriers;
};

/// Packs an object. The rights are those of `what`, fewer, or more as duplicate() would give them.
bool pack(const object_ref& what, parcel& made, failure& why);
/// Makes a handle of what has arrived. The carriers are used up in any case. What does not fit
/// together is errc::damaged: nothing is believed that the carriers do not show.
[[nodiscard]] any_object unpack(parcel what, failure& why);

/// All but the carriers as one line of letters, digits and dots, and back. What cannot be read, or
/// makes no sense, is errc::damaged.
[[nodiscard]] std::string describe(const parcel& what);
bool parse(std::string_view text, parcel& made, failure& why);

/// The backends' part. What is empty, or has no rights, does not come here.
bool pack_section(const section_state& from, access rights, parcel& made, failure& why);
bool pack_dispatcher(const dispatcher& from, access rights, parcel& made, failure& why);
section_state* unpack_section(parcel& what, failure& why);
dispatcher* unpack_dispatcher(kind of, parcel& what, failure& why);

}  // namespace isthmus::detail
