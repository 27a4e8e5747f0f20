// SPDX-License-Identifier: MIT
//
// Files behind handles, and what the system does with them.
#pragma once

#include "entry.hpp"
#include "pages.hpp"

#include <isthmus/platform.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace isthmus::veneer {

/// A path as the system takes it; nothing and the last error where it is none.
[[nodiscard]] std::optional<std::string> path_of(LPCSTR path);
[[nodiscard]] std::optional<std::string> path_of(LPCWSTR path);

/// What shall become of a file that is deleted when its last handle closes.
class parting {
 public:
  parting(const std::string& path, const file_id& file);
  parting(const parting&) = delete;
  parting& operator=(const parting&) = delete;
  ~parting();

 private:
  std::string path_;
  file_id file_;
  std::int64_t process_;  // a fork's child has no say in it
};

/// A file behind a handle.
struct file final : entry {
  file(kept_descriptor opened, DWORD rights, std::shared_ptr<const parting> at_the_end = nullptr)
      : entry(entry_kind::file, rights), last(std::move(at_the_end)), fd(std::move(opened)) {}
  /// The same opening once more: both handles have one place in the file.
  [[nodiscard]] std::unique_ptr<entry> copy(DWORD rights, std::error_code& ec) const override;

  const std::shared_ptr<const parting> last;
  const kept_descriptor fd;
};

enum class file_kind : std::uint8_t { plain, folder, stream };

struct file_facts {
  file_kind kind = file_kind::stream;
  std::uint64_t size = 0;
};
[[nodiscard]] DWORD look_at(native_handle_type fd, file_facts& facts) noexcept;
/// FILE_GENERIC_READ and FILE_GENERIC_WRITE, as the descriptor's mode has it.
[[nodiscard]] DWORD rights_of_mode(native_handle_type fd) noexcept;

/// How to open a file.
struct opening {
  std::string path;
  DWORD rights = 0;       ///< resolved
  DWORD disposition = 0;  ///< CREATE_NEW to TRUNCATE_EXISTING
  DWORD flags = 0;        ///< FILE_FLAG_… and FILE_ATTRIBUTE_…
};

// All of these give a last error's number, and change nothing else on failure.
[[nodiscard]] DWORD open_file(const opening& how, kept_descriptor& made, bool& was_there);
[[nodiscard]] DWORD read_file(native_handle_type fd, void* to, std::size_t bytes,
                              const std::uint64_t* place, std::size_t& done) noexcept;
[[nodiscard]] DWORD write_file(native_handle_type fd, const void* from, std::size_t bytes,
                               const std::uint64_t* place, std::size_t& done) noexcept;
/// `whence` is FILE_BEGIN, FILE_CURRENT or FILE_END.
[[nodiscard]] DWORD move_place(native_handle_type fd, std::int64_t distance, DWORD whence,
                               std::uint64_t& place) noexcept;
[[nodiscard]] DWORD set_size(native_handle_type fd, std::uint64_t size) noexcept;
[[nodiscard]] DWORD write_out(native_handle_type fd) noexcept;
[[nodiscard]] DWORD delete_file(const std::string& path) noexcept;

/// A copy of standard input, output or error (0 to 2); empty where the process has none.
[[nodiscard]] kept_descriptor standard_stream(unsigned which) noexcept;

/// Whether a section or view of this process has bytes of the file (SEC-25).
[[nodiscard]] bool is_mapped(native_handle_type fd) noexcept;

}  // namespace isthmus::veneer
