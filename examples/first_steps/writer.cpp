// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "orders.hpp"

#include <chrono>
#include <thread>

int main() {
  using namespace std::chrono_literals;
  auto guard = isthmus::mutex::create({.name = "orders.guard", .initially_owned = true});
  auto orders = isthmus::section::create({.name = "orders", .size = sizeof(order_table)});
  auto memory = isthmus::view::map(orders);

  auto& table = memory.as<order_table>();  // new sections are zeroed
  for (const auto price : {120U, 75U, 300U, 42U, 199U}) {
    table.prices[table.rows] = price;
    table.rows += 1;
    std::this_thread::sleep_for(500ms);
  }
  guard.unlock();
}
