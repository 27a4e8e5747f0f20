// SPDX-License-Identifier: MIT
//
// A process of the lifetime stress: creates, opens and closes a few names at random.
#pragma once

#include "ledger.hpp"

#include <cstdint>
#include <string>

namespace white {

struct stress_plan {
  std::string stem;           ///< of the names
  bool kills_itself = false;  ///< now and then, at a step point
  bool slow_openers = false;  ///< opens dwell between asking and claiming
  int users = 0;              ///< how many other users the workers are; 0: they are this one
};

/// Runs until the ledger says stop, then closes everything.
int run_worker(ledger& book, const stress_plan& plan, int worker, std::uint64_t seed);

}  // namespace white
