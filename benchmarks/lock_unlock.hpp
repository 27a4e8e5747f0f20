// SPDX-License-Identifier: MIT
#pragma once

#include "row.hpp"

namespace bench {

/// Enough pairs for the clock, and short enough for what else runs here not to matter.
inline constexpr plan pairs{.iterations = 20'000, .rounds = 600};

/// Taking a mutex and giving it back, as a user writes it.
template <class Mutex>
side lock_unlock(Mutex& mutex) {
  return [&mutex](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      mutex.lock();
      mutex.unlock();
    }
  };
}

}  // namespace bench
