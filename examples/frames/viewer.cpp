// SPDX-License-Identifier: MIT
//
// Saves what a source of pictures makes, as PPM files in a folder: viewer FOLDER
#include <isthmus/isthmus.hpp>

#include "frames.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace {

void save(const frames::picture& from, const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::binary);
  stream << fmt::format("P6\n{} {}\n255\n", frames::width, frames::height);
  for (const auto byte : from) stream.put(static_cast<char>(byte));
  if (!stream.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

int main(int count, char** arguments) try {
  using namespace std::chrono_literals;
  if (count != 2) {
    fmt::print(stderr, "usage: viewer FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[1];

  // The section comes last in the source, so when it is there, all is.
  auto memory = isthmus::view::map(isthmus::section::open({.name = "frames"}, 30s));
  auto self = isthmus::mutex::open({.name = "frames.viewer"});
  auto source = isthmus::mutex::open({.name = "frames.source"});
  auto more = isthmus::event::open({.name = "frames.more"});
  auto room = isthmus::event::open({.name = "frames.room"});
  auto& ring = memory.as<frames::ring>();
  if (!self.try_lock()) throw std::runtime_error("there is a viewer already");
  room.set();

  bool over = false;
  for (std::uint32_t number = 0;; ++number) {
    while (!over && frames::read(ring.made) == number) {
      over = isthmus::wait_any({more, source}).index == 1;
    }
    if (frames::read(ring.made) == number) {
      fmt::print("viewer: {} pictures; the source {}\n", number,
                 source.abandoned() ? "died" : "is done");
      return 0;
    }
    const auto copy = std::make_unique<frames::picture>(ring.pictures[number % frames::places]);
    frames::write(ring.seen, number + 1);
    room.set();
    save(*copy, folder / fmt::format("frame-{:04}.ppm", number));
  }
} catch (const std::exception& problem) {
  fmt::print(stderr, "viewer: {}\n", problem.what());
  return 1;
}
