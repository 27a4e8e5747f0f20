// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace {

std::filesystem::path path_of(const std::string& name) {
  static const auto number = std::to_string(std::random_device{}());
  return std::filesystem::temp_directory_path() / ("isthmus-guide-" + name + number);
}

void in_place() {
  const auto path = path_of("log");
  // [write]
  { std::ofstream(path) << "hello"; }
  auto section = isthmus::section::from_file(
      path, {.size = 4096, .access = isthmus::access::read | isthmus::access::write});
  auto view = isthmus::view::map(section);
  view.bytes()[0] = std::byte{'J'};  // the file says "Jello", and has 4096 bytes now
  view.flush();                      // and the disk knows it
  // [end]
  view.unmap();
  section.close();
  std::string text(5, ' ');
  std::ifstream(path).read(text.data(), 5);
  guides::expect(text == "Jello" && std::filesystem::file_size(path) == 4096,
                 "the file is changed");
  std::filesystem::remove(path);
}

void private_copy() {
  const auto path = path_of("copy");
  { std::ofstream(path) << "hello"; }
  // [copy]
  auto section =
      isthmus::section::from_file(path, {.access = isthmus::access::read | isthmus::access::copy});
  auto scratch = isthmus::view::map(section, {.copy_on_write = true});
  scratch.bytes()[0] = std::byte{'J'};  // only here: the file and other views stay as they are
  auto original = isthmus::const_view::map(section);
  // [end]
  guides::expect(original.bytes()[0] == std::byte{'h'}, "the file is as it was");
  scratch.unmap();
  original.unmap();
  section.close();
  std::filesystem::remove(path);
}

void parts() {
  // [parts]
  // Address space now, memory later: 1 GiB is set aside, 1 MiB is used.
  auto section = isthmus::section::create({.size = 1ULL << 30, .reserve = true});
  auto view = isthmus::view::map(section);
  view.commit(0, 1 << 20);  // no_space here, where it can be handled, and not a fault later
  view.as<std::uint64_t>() = 1;
  // [end]
  auto window = isthmus::view::map(section, {.offset = 8, .length = 8});
  window.as<std::uint64_t>() = 2;
  guides::expect(view.as<std::uint64_t>(8) == 2, "a view may begin anywhere");
}

}  // namespace

void guides::files() {
  in_place();
  private_copy();
  parts();
}
