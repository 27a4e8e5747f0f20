// SPDX-License-Identifier: MIT
//
// Durations and sizes as people write and read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tool {

/// `90`, `1.5s`, `200ms`, `2m`, `1h`; without a unit, seconds. Absent: it is none.
[[nodiscard]] std::optional<std::chrono::nanoseconds> read_duration(std::string_view text);

/// `4096`, `0x1000`, `64K`, `1MiB`, `2G`: in powers of 1024.
[[nodiscard]] std::optional<std::uint64_t> read_size(std::string_view text);

/// `1.5 s`, `20 ms`, `3 h 5 min`.
[[nodiscard]] std::string to_text(std::chrono::nanoseconds time);

/// `4096` as `4.0 KiB`.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace tool
