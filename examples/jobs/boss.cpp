// SPDX-License-Identifier: MIT
//
// Lets three workers square the numbers from 1 to 500, and adds the squares up. It uses the program
// "worker" in the directory that it is started in.
#include <isthmus/isthmus.hpp>

#include "jobs.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <vector>

int main() try {
  using namespace std::chrono_literals;
  constexpr std::uint32_t jobs = 500;

  auto section = isthmus::section::create({.size = sizeof(job_queue)});
  auto memory = isthmus::view::map(section);
  auto& queue = memory.as<job_queue>();
  const auto places = static_cast<std::int32_t>(queue.jobs.size());
  auto guard = isthmus::mutex::create();
  auto more = isthmus::semaphore::create({.maximum = places});
  auto room = isthmus::semaphore::create({.initial = places, .maximum = places});
  auto stop = isthmus::event::create({.mode = isthmus::reset_mode::manual});

  std::array<isthmus::process, 3> workers;
  for (auto& worker : workers) {
    worker = isthmus::process::start({.program = "./worker",
                                      .inherit = {{"queue", section},
                                                  {"guard", guard},
                                                  {"more", more},
                                                  {"room", room},
                                                  {"stop", stop}}});
  }

  for (std::uint32_t job = 1; job <= jobs; ++job) {
    if (!room.try_acquire_for(30s)) throw std::runtime_error("no worker takes a job");
    std::scoped_lock lock{guard};
    queue.jobs[queue.added++ % queue.jobs.size()] = job;
    more.release();
  }

  stop.set();
  std::vector<isthmus::wait_ref> all(workers.begin(), workers.end());
  if (isthmus::wait_all_for(all, 30s).status == isthmus::wait_status::timeout) {
    throw std::runtime_error("the workers do not end");
  }
  fmt::print("{} of {} jobs are done; the sum is {}\n", queue.done, jobs, queue.sum);
  return queue.done == jobs && queue.sum == 41'791'750 ? 0 : 1;
} catch (const std::exception& problem) {
  fmt::print(stderr, "boss: {}\n", problem.what());
  return 1;
}
