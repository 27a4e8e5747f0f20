// SPDX-License-Identifier: MIT
//
// Something to count the instructions of: count_instructions WHOSE PAIRS takes a mutex and gives it
// back PAIRS times. The difference of two runs, less that of the bare loop ('none'), is what the
// pairs cost.
#include <isthmus/mutex.hpp>

#include "bare_mutex.hpp"
#include "machine.hpp"
#include "robust_mutex.hpp"
#include "shared.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace {

struct no_mutex {
  static void lock() noexcept { asm volatile(""); }
  static void unlock() noexcept { asm volatile(""); }
};

template <class Mutex>
void repeat(Mutex& mutex, long pairs) {
  for (long i = 0; i < pairs; ++i) {
    mutex.lock();
    mutex.unlock();
  }
}

template <class Mutex>
void repeat_shared(long pairs) {
  bench::shared<Mutex> mutex;
  repeat(mutex.get(), pairs);
}

bool run(std::string_view whose, long pairs) {
  if (whose == "isthmus") {
    auto mutex = isthmus::mutex::create(
        {.name = "isthmus-instructions-" + std::to_string(bench::process_id())});
    repeat(mutex, pairs);
  } else if (whose == "atomics") {
    repeat_shared<bench::bare_mutex>(pairs);
  } else if (whose == "glibc") {
    repeat_shared<bench::robust_mutex>(pairs);
  } else if (whose == "none") {
    no_mutex mutex;
    repeat(mutex, pairs);
  } else {
    return false;
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count == 3 && run(arguments[1], std::strtol(arguments[2], nullptr, 10))) return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s: %s\n", arguments[0], problem.what());
    return 1;
  }
  std::fprintf(stderr, "usage: %s isthmus|atomics|glibc|none PAIRS\n", arguments[0]);
  return 2;
}
