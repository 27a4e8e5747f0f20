// SPDX-License-Identifier: MIT
//
// A storm of deaths: workers do everything at random that can be done with semaphores, mutexes,
// events, timers and names, and are killed at random moments and at steps of the library, and
// replaced. What must hold whatever happens is compared with books that the workers keep. Every now
// and then they pause, and the books are settled: no permit may be there twice, none be missing but
// those of the dead, everything that was set is set, and whoever waits is served in time.
//
//     kill_storm [seconds [seed]]      the seed, one line of figures; 0: all is well
//
// All that is random comes from the seed: who is killed when, and what each worker does in which
// order. How the processes interleave does not, so a seed that has found something may need a few
// runs to find it again.
#include "storm.hpp"

#include "posix/runtime.hpp"

#include <cstdio>
#include <cstdlib>
#include <random>

int main(int count, char** values) {
  (void)white::runtime();
  const double seconds = count > 1 ? std::strtod(values[1], nullptr) : 5;
  const std::uint64_t seed =
      count > 2 ? std::strtoull(values[2], nullptr, 10) : std::random_device()();
  if (count > 3 || !(seconds > 0)) {
    std::fputs("usage: kill_storm [seconds [seed]]\n", stderr);
    return 2;
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  storm::storm all(seed);
  all.run(std::chrono::duration<double>(seconds));
  if (all.report()) return 0;
  std::printf("to try it again: %s %g %llu\n", values[0], seconds,
              static_cast<unsigned long long>(seed));
  return 1;
}
