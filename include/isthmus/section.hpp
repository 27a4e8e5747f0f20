// SPDX-License-Identifier: MIT
//
// Sections: memory, or a file, that several processes use as one. Access to the bytes goes through
// views (view.hpp).
//
//     auto orders = isthmus::section::create({.name = "orders", .size = 1 << 20});   // one process
//     auto orders = isthmus::section::open({.name = "orders"}, 5s);                  // another
//
// Lifetime. The name goes with the last handle, however its process ended; the bytes go with the
// last handle or view. There is nothing to remove and nothing is left after a crash (LIFE-01 to
// LIFE-03). A new section of the name is a new, zeroed one.
//
// Memory is committed when the section is made: running out of it is errc::no_space there, never a
// fault later (SEC-19), unless `reserve` is asked for.
//
// A handle may be used by several threads at once, except while it is moved, assigned or closed.
//
//   Win32   a section object; CreateFileMapping, OpenFileMapping
//   POSIX   a file in memory (or the file itself) behind a descriptor. Differs: a descriptor that
//           has no path cannot back a named section. Opening a named section of a file needs the
//           right to open that file; if it has been renamed or removed, it is found in a process
//           that holds the section: in this one, and on Linux in others that this one may look into
//           (the same user's, or as root), else that is file_changed (SEC-26). `execute` needs a
//           shared-memory directory that is not mounted noexec.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/name.hpp>
#include <isthmus/owned_state.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/wait.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace isthmus {

namespace detail {
struct section_state;
struct close_section {
  ISTHMUS_API void operator()(section_state* state) const noexcept;
};
struct native_access;
}  // namespace detail

/// What the bytes of a section are.
enum class section_backing : std::uint8_t {
  memory,
  reserved,  ///< memory that is committed part by part, see view::commit
  file,
};

/// How to make a section of memory.
struct section_options {
  std::string_view name = {};  ///< empty: unnamed; see name.hpp
  std::uint64_t size = 0;      ///< bytes; required (SEC-01), rounded up to the page (SEC-03)
  bool reserve = false;        ///< set the size aside, and commit parts later with view::commit
  isthmus::access access = isthmus::access::read | isthmus::access::write;  ///< pages and handle
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::permissions permissions = {};
};

/// How to make a section of a file.
struct section_file_options {
  std::string_view name = {};  ///< empty: unnamed
  /// Bytes; 0 is the file's size as it is now (an empty file is an error, SEC-07). Beyond the end,
  /// a writable section extends the file at once (SEC-08), any other is out_of_range (SEC-09).
  std::uint64_t size = 0;
  isthmus::access access = isthmus::access::read;  ///< `write` needs a file that may be written
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::permissions permissions = {};
};

/// How to open a section by its name.
struct section_open_options {
  std::string_view name = {};  ///< required
  isthmus::access access = isthmus::access::read | isthmus::access::write;
  isthmus::scope scope = isthmus::scope::automatic;
};

/// A handle to a section. Move-only; empty when moved from, closed, or default-made.
///
/// The pages' protection and the handle's first rights come from `access` (SEC-14, SEC-33): `read`,
/// `read|write` or `read|copy`, each also with `execute`.
class section {
 public:
  section() noexcept = default;

  /// Makes a new section of zeroed memory. A name that exists is already_exists (or access_denied
  /// where it may not be opened, NAME-22); one of another kind is wrong_kind (NAME-17).
  [[nodiscard]] ISTHMUS_API static section create(const section_options& options);
  [[nodiscard]] ISTHMUS_API static section create(const section_options& options,
                                                  std::error_code& ec) noexcept;

  /// Makes a new section of a file: the file's bytes are the section's, coherent with every other
  /// section of the file (SEC-27). It keeps the file open; POSIX may remove that, too (SEC-26).
  /// With a name that exists the file is left as it is (CRE-06).
  [[nodiscard]] ISTHMUS_API static section from_file(const std::filesystem::path& file,
                                                     const section_file_options& options = {});
  [[nodiscard]] ISTHMUS_API static section from_file(const std::filesystem::path& file,
                                                     const section_file_options& options,
                                                     std::error_code& ec) noexcept;
  /// The same from an open file, which stays the caller's. POSIX: a named one needs a descriptor
  /// whose path can be found.
  [[nodiscard]] ISTHMUS_API static section from_file(native_handle_type file,
                                                     const section_file_options& options = {});
  [[nodiscard]] ISTHMUS_API static section from_file(native_handle_type file,
                                                     const section_file_options& options,
                                                     std::error_code& ec) noexcept;

  /// Opens the section of this name (NAME-21: not_found).
  [[nodiscard]] ISTHMUS_API static section open(const section_open_options& options);
  [[nodiscard]] ISTHMUS_API static section open(const section_open_options& options,
                                                std::error_code& ec) noexcept;

  /// The same, and waits up to `limit` for the name to appear. Any other error ends it at once.
  template <class Rep, class Period>
  [[nodiscard]] static section open(const section_open_options& options,
                                    std::chrono::duration<Rep, Period> limit) {
    return open_within(options, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] static section open(const section_open_options& options,
                                    std::chrono::duration<Rep, Period> limit,
                                    std::error_code& ec) noexcept {
    return open_within(options, detail::limit_of(limit), ec);
  }

  /// Opens the section of this name as it is, its own size and permissions included (CRE-01), or
  /// makes a new one; created() tells which. Of any number of callers at once exactly one creates.
  [[nodiscard]] ISTHMUS_API static section open_or_create(const section_options& options);
  [[nodiscard]] ISTHMUS_API static section open_or_create(const section_options& options,
                                                          std::error_code& ec) noexcept;

  /// Whether this is not empty. The functions below want a handle that is not: the failing ones
  /// report invalid_argument, the others return nothing, zero or none.
  explicit operator bool() const noexcept { return static_cast<bool>(state_); }

  /// Whether this handle's call made the object (open_or_create may also have found it).
  [[nodiscard]] ISTHMUS_API bool created() const noexcept;
  /// Bytes: of memory, the size asked for, rounded up to the page, the same for creator and opener
  /// (SEC-03); of a file, exact (SEC-04) and frozen when the section was made (SEC-23).
  [[nodiscard]] ISTHMUS_API std::uint64_t size() const noexcept;
  /// What the bytes are, the same for creator and opener; `memory` for an empty handle.
  [[nodiscard]] ISTHMUS_API section_backing backing() const noexcept;
  /// Without its prefix; empty if unnamed. Valid as long as the handle.
  [[nodiscard]] ISTHMUS_API std::string_view name() const noexcept;
  /// The rights of this handle.
  [[nodiscard]] ISTHMUS_API isthmus::access access() const noexcept;
  /// Who made the object, so that a careful opener can check (ACL-13); see creator_info for what of
  /// it can be relied on.
  [[nodiscard]] ISTHMUS_API creator_info creator() const;
  [[nodiscard]] ISTHMUS_API creator_info creator(std::error_code& ec) const noexcept;

  /// Another handle to the same section, with the same or with other rights: fewer always, more
  /// where the object's permissions give them to this user (DUP-02, DUP-03).
  [[nodiscard]] ISTHMUS_API section duplicate() const;
  [[nodiscard]] ISTHMUS_API section duplicate(std::error_code& ec) const noexcept;
  [[nodiscard]] ISTHMUS_API section duplicate(isthmus::access access) const;
  [[nodiscard]] ISTHMUS_API section duplicate(isthmus::access access,
                                              std::error_code& ec) const noexcept;

  /// Gives the handle up; the object goes with the last one. Closing an empty handle does nothing.
  /// Views stay valid (VIEW-23). The destructor does the same and cannot report.
  ISTHMUS_API void close();
  ISTHMUS_API void close(std::error_code& ec) noexcept;

 private:
  friend struct detail::native_access;
  explicit section(detail::section_state* state) noexcept : state_(state) {}
  ISTHMUS_API static section open_within(const section_open_options& options,
                                         std::chrono::nanoseconds limit);
  ISTHMUS_API static section open_within(const section_open_options& options,
                                         std::chrono::nanoseconds limit,
                                         std::error_code& ec) noexcept;

  detail::owned_state<detail::section_state, detail::close_section> state_;
};

}  // namespace isthmus
