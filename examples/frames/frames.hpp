// SPDX-License-Identifier: MIT
//
// What a source of pictures and its viewer share:
//
//     "frames"          section: a ring of pictures
//     "frames.more"     event: there is one more picture
//     "frames.room"     event: there is room for one more
//     "frames.source"   mutex: the source owns it as long as it lives
//     "frames.viewer"   mutex: the same for the viewer
//
// The events only say "look again"; how many pictures there are, the two numbers in the ring say.
// So it does not matter that two sets of an event which nobody waited for are one.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace frames {

inline constexpr std::uint32_t width = 160;
inline constexpr std::uint32_t height = 120;
inline constexpr std::uint32_t places = 4;

using picture =
    std::array<std::uint8_t, std::size_t{3} * width * height>;  // red, green, blue, row by row

struct ring {
  std::uint32_t made;  // so many pictures ever; the source alone writes it
  std::uint32_t seen;  // and the viewer this
  std::array<picture, places> pictures;
};

// Both are read while the other process writes them.
inline std::uint32_t read(std::uint32_t& number) { return std::atomic_ref(number).load(); }
inline void write(std::uint32_t& number, std::uint32_t value) {
  std::atomic_ref(number).store(value);
}

}  // namespace frames
