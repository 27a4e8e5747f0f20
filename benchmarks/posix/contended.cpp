// SPDX-License-Identifier: MIT
//
// The mutex when several processes want it all the time, on all CPUs, placed by the system: a
// process that is kept to one CPU measures how long an idle one takes to wake. What is told is the
// time in which all of them together take it once.
#include <isthmus/mutex.hpp>

#include "machine.hpp"
#include "robust_mutex.hpp"
#include "row.hpp"
#include "shared.hpp"
#include "worker.hpp"

#include <fmt/format.h>

namespace bench {
namespace {

constexpr std::int64_t length_of_round = 20'000'000;  // nanoseconds

template <class Mutex>
answer hammer(Mutex& mutex, std::int64_t length) {
  constexpr int batch = 64;  // so that the clock costs next to nothing
  answer done;
  const std::int64_t start = now();
  do {
    for (int i = 0; i < batch; ++i) {
      mutex.lock();
      mutex.unlock();
    }
    done.count += batch;
    done.time = now() - start;
  } while (done.time < length);
  return done;
}

using crew = std::vector<worker>;

/// `make` gives a worker's function.
template <class Make>
crew crew_of(std::size_t size, const Make& make) {
  crew workers;
  workers.reserve(size);
  for (std::size_t i = 0; i < size; ++i)
    workers.emplace_back([&] {
      use_all_cpus();
      return make();
    });
  return workers;
}

side work_of(const crew& workers) {
  return [&workers](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      double pairs_per_second = 0;
      for (const worker& one : workers) one.ask(length_of_round);
      for (const worker& one : workers) {
        const answer done = one.result();
        pairs_per_second += 1e9 * static_cast<double>(done.count) / static_cast<double>(done.time);
      }
      state.SetIterationTime(1 / pairs_per_second);
    }
  };
}

figures contended(std::size_t processes, effort work) {
  const std::string name = unique_name("contended");
  const auto mutex = isthmus::mutex::create({.name = name});
  shared<robust_mutex> robust;
  const crew ours = crew_of(processes, [&] {
    return [mine = isthmus::mutex::open({.name = name})](std::int64_t length) mutable {
      return hammer(mine, length);
    };
  });
  const crew peers = crew_of(processes, [&] {
    return [&robust](std::int64_t length) { return hammer(robust.get(), length); };
  });
  const plan how{.iterations = 1, .rounds = 240, .own_clock = true};
  return compare(how, work, work_of(ours), work_of(peers));
}

row row_of(std::size_t processes, double target) {
  return {fmt::format("mutex, {} processes / glibc", processes),
          c_library_text() + " robust recursive", target,
          [processes](effort work) { return contended(processes, work); }};
}

}  // namespace

std::vector<row> contended_rows() { return {row_of(2, 0.6), row_of(8, 0.8)}; }

}  // namespace bench
