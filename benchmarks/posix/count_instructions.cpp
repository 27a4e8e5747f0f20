// SPDX-License-Identifier: MIT
//
// Something to count the instructions of: count_instructions WHAT PAIRS takes a mutex, or what WHAT
// says, and gives it back PAIRS times. The difference of two runs, less that of the bare loop
// ('none'), is what the pairs cost.
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include "bare_mutex.hpp"
#include "machine.hpp"
#include "robust_mutex.hpp"
#include "shared.hpp"

#include <semaphore.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <vector>

namespace {

struct no_mutex {
  static void lock() noexcept { asm volatile(""); }
  static void unlock() noexcept { asm volatile(""); }
};

struct semaphore {
  void lock() { object.acquire(); }
  void unlock() { object.release(); }
  isthmus::semaphore object = isthmus::semaphore::create({.initial = 1});
};

struct event {
  void lock() { object.wait(); }
  void unlock() { object.set(); }
  isthmus::event object = isthmus::event::create({.initially_set = true});
};

/// The last of as many events as one wait can be for.
class last_of_many {
 public:
  last_of_many() : events_(isthmus::max_wait_objects) {
    for (auto& one : events_) one = isthmus::event::create();
    list_.assign(events_.begin(), events_.end());
    unlock();
  }
  void lock() { isthmus::wait_any(list_); }
  void unlock() { events_.back().set(); }

 private:
  std::vector<isthmus::event> events_;
  std::vector<isthmus::wait_ref> list_;
};

class c_semaphore {
 public:
  c_semaphore() { ::sem_init(&semaphore_, 1, 1); }
  void lock() { ::sem_wait(&semaphore_); }
  void unlock() { ::sem_post(&semaphore_); }

 private:
  ::sem_t semaphore_{};
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

bool run(std::string_view what, long pairs) {
  if (what == "isthmus") {
    auto mutex = isthmus::mutex::create(
        {.name = "isthmus-instructions-" + std::to_string(bench::process_id())});
    repeat(mutex, pairs);
  } else if (what == "semaphore") {
    semaphore mine;
    repeat(mine, pairs);
  } else if (what == "event") {
    event mine;
    repeat(mine, pairs);
  } else if (what == "wait-any") {
    last_of_many mine;
    repeat(mine, pairs);
  } else if (what == "glibc-semaphore") {
    repeat_shared<c_semaphore>(pairs);
  } else if (what == "atomics") {
    repeat_shared<bench::bare_mutex>(pairs);
  } else if (what == "glibc") {
    repeat_shared<bench::robust_mutex>(pairs);
  } else if (what == "none") {
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
  std::fprintf(
      stderr,
      "usage: %s isthmus|atomics|glibc|semaphore|event|wait-any|glibc-semaphore|none PAIRS\n",
      arguments[0]);
  return 2;
}
