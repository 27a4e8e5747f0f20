// SPDX-License-Identifier: MIT
//
// Files that go with the test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace support {

/// A new folder; the destructor removes it with all that is in it.
class temporary_folder {
 public:
  temporary_folder();
  explicit temporary_folder(const std::filesystem::path& parent);
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// The path of a file in it, which need not exist.
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }
  /// Writes a file into it.
  [[nodiscard]] std::filesystem::path file(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

/// Makes a file of zeros that takes no room on systems that know holes.
void make_sparse_file(const std::filesystem::path& path, std::uint64_t size);

void write_file(const std::filesystem::path& path, std::string_view content);
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

/// A path as UTF-8, to send to a child, and back.
[[nodiscard]] std::string to_text(const std::filesystem::path& path);
[[nodiscard]] std::filesystem::path to_path(std::string_view text);

}  // namespace support
