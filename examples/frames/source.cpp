// SPDX-License-Identifier: MIT
//
// Makes pictures, 50 a second, for a viewer: source [HOW-MANY]
#include <isthmus/isthmus.hpp>

#include "frames.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

void paint(frames::picture& to, std::uint32_t number) {
  auto* byte = to.data();
  for (std::uint32_t y = 0; y < frames::height; ++y) {
    for (std::uint32_t x = 0; x < frames::width; ++x) {
      for (const std::uint32_t colour : {x + 4 * number, 2 * y, x + y + 8 * number}) {
        *byte++ = static_cast<std::uint8_t>(colour);
      }
    }
  }
}

}  // namespace

int main(int count, char** arguments) try {
  using namespace std::chrono_literals;
  const auto wanted = count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 100;

  auto self = isthmus::mutex::create({.name = "frames.source", .initially_owned = true});
  auto viewer = isthmus::mutex::create({.name = "frames.viewer"});
  auto more = isthmus::event::create({.name = "frames.more"});
  auto room = isthmus::event::create({.name = "frames.room"});
  auto section = isthmus::section::create({.name = "frames", .size = sizeof(frames::ring)});
  auto memory = isthmus::view::map(section);
  auto& ring = memory.as<frames::ring>();

  if (room.wait_for(30s) == isthmus::wait_status::timeout) {
    fmt::print(stderr, "source: no viewer came\n");
    return 1;
  }
  auto beat = isthmus::timer::create();
  beat.arm(0s, 20ms);
  for (std::uint32_t number = 0; number < wanted; ++number) {
    bool gone = isthmus::wait_any({viewer, beat}).index == 0;
    while (!gone && number - frames::read(ring.seen) == frames::places) {
      gone = isthmus::wait_any({viewer, room}).index == 0;
    }
    if (gone) {  // its mutex can be had, so it has ended, or died
      fmt::print("source: the viewer {} after {} pictures\n",
                 viewer.abandoned() ? "died" : "has left", number);
      return 1;
    }
    paint(ring.pictures[number % frames::places], number);
    frames::write(ring.made, number + 1);
    more.set();
  }
  fmt::print("source: made {} pictures\n", wanted);
  self.unlock();  // the viewer has the objects too; what it has not seen yet stays for it
} catch (const std::exception& problem) {
  fmt::print(stderr, "source: {}\n", problem.what());
  return 1;
}
