// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

// What the two programs share: plain data, no pointers.
struct order_table {
  std::uint32_t rows;
  std::array<std::uint32_t, 100> prices;
};
