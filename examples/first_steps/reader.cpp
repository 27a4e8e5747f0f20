// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "orders.hpp"

#include <chrono>
#include <cstdio>
#include <mutex>

int main() {
  using namespace std::chrono_literals;
  auto orders = isthmus::section::open({.name = "orders", .access = isthmus::access::read}, 5s);
  auto guard = isthmus::mutex::open({.name = "orders.guard"}, 5s);
  auto memory = isthmus::const_view::map(orders);

  std::scoped_lock lock{guard};  // waits until the writer is done, or dead
  if (guard.abandoned()) std::puts("the writer died half-way; this is what it left:");
  const auto& table = memory.as<order_table>();
  for (std::uint32_t row = 0; row < table.rows; ++row) {
    std::printf("order %u: %u\n", row, table.prices[row]);
  }
}
