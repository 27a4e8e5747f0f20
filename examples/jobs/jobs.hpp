// SPDX-License-Identifier: MIT
//
// What a boss and its workers share. Nothing of it has a name: the workers inherit it.
//
//     "queue"   section: the jobs that nobody has taken yet, and what came out so far
//     "guard"   mutex: for all of it
//     "more"    semaphore: a permit for each job in the queue
//     "room"    semaphore: a permit for each free place in it
//     "stop"    manual event: no more jobs will come
#pragma once

#include <array>
#include <cstdint>

struct job_queue {
  std::uint32_t added;
  std::uint32_t taken;
  std::uint32_t done;
  std::uint64_t sum;
  std::array<std::uint32_t, 8> jobs;
};
