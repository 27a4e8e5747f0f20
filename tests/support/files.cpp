// SPDX-License-Identifier: MIT
#include "support/files.hpp"

#include "support/names.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace support {

temporary_folder::temporary_folder() : temporary_folder(std::filesystem::temp_directory_path()) {}

temporary_folder::temporary_folder(const std::filesystem::path& parent)
    : path_(parent / unique_name("isthmus-test")) {
  std::filesystem::create_directory(path_);
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path temporary_folder::file(std::string_view name,
                                             std::string_view content) const {
  auto path = *this / name;
  write_file(path, content);
  return path;
}

void make_sparse_file(const std::filesystem::path& path, std::uint64_t size) {
  write_file(path, "");
  std::filesystem::resize_file(path, size);
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) throw std::runtime_error("cannot write " + to_text(path));
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::runtime_error("cannot read " + to_text(path));
  return content;
}

std::string to_text(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

std::filesystem::path to_path(std::string_view text) {
  return std::filesystem::path(std::u8string(text.begin(), text.end()));
}

}  // namespace support
