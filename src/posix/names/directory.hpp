// SPDX-License-Identifier: MIT
//
// The directory that a scope's names live in:
//
//     /dev/shm/isthmus-<uid>.<n>/           scope::session; 0700; n is 0, or a random number where
//                                           another user has taken that name
//     /dev/shm/isthmus-<uid>.<n>/p/<nonce>  records of the processes that lock mutexes
//     /dev/shm/                             scope::global; what is in it: place.hpp
//
// How it is found and made: session_directory.hpp. ISTHMUS_RUNTIME_DIR replaces /dev/shm (not in
// set-uid programs).
//
// In a directory that several users write in, it matters who else may remove and rename things
// there: its owner, always, and everybody unless it is sticky. So for scope::global it must belong
// to root, or to us alone among those who use it, and be sticky if all may write in it. If only a
// group may (root made it 2770), that group's members trust each other.
#pragma once

#include <isthmus/name.hpp>

#include "failure.hpp"
#include "posix/system/descriptor.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace isthmus::detail {

/// An open directory that has been checked. A session's is ours, and nobody else can write in it.
struct directory {
  scope where = scope::session;
  descriptor fd;
  std::string path;
  std::string base;        ///< what it lies in, for messages about room
  std::uint32_t user = 0;  ///< who opened it; a session's is that user's
};

/// The scope's directory of who this process is now (its effective user), made where it is missing;
/// opened once and then remembered. nullptr on failure: untrusted, or what the system says.
std::shared_ptr<const directory> directory_of(scope where, failure& why);

/// The session directory of a user: who this process is now, or was when it opened it. nullptr
/// where it has neither.
std::shared_ptr<const directory> session_of(std::uint32_t user, failure& why);

/// Forgets a directory that has gone (somebody emptied /dev/shm), so that directory_of looks again;
/// so it does for a user whom this process acts for no more. False where it is as good as ever.
bool forget_stale_directory(const std::shared_ptr<const directory>& dir);

/// The same as directory_of, and where that has gone, the new one.
std::shared_ptr<const directory> current_directory(scope where, failure& why);

/// The sub-directory for process records, made where it is missing.
descriptor records_of(const directory& dir, failure& why);

/// An object's file name: its own name where it is short and harmless, else a hash of it; always
/// that for a global name. The object's header has the whole name.
class file_name {
 public:
  explicit file_name(std::string_view name, scope where = scope::session) noexcept;
  [[nodiscard]] const char* text() const noexcept { return text_.data(); }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, 128> text_{};
  std::size_t length_ = 0;
};

/// Whether a directory entry is an object's.
[[nodiscard]] bool is_object_file(std::string_view entry, scope where) noexcept;

}  // namespace isthmus::detail
