// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "jobs.hpp"

#include <cstdint>
#include <mutex>

int main() {
  auto memory = isthmus::view::map(isthmus::inherited<isthmus::section>("queue"));
  auto guard = isthmus::inherited<isthmus::mutex>("guard");
  auto more = isthmus::inherited<isthmus::semaphore>("more");
  auto room = isthmus::inherited<isthmus::semaphore>("room");
  auto stop = isthmus::inherited<isthmus::event>("stop");
  auto& queue = memory.as<job_queue>();

  // Of several that are ready, a wait takes the first in its list. So the queue is emptied before
  // anybody stops; {stop, more} would leave the rest undone.
  while (isthmus::wait_any({more, stop}).index == 0) {
    std::unique_lock lock{guard};
    const std::uint64_t job = queue.jobs[queue.taken++ % queue.jobs.size()];
    lock.unlock();
    room.release();

    const std::uint64_t result = job * job;  // the work

    lock.lock();
    queue.sum += result;
    queue.done += 1;
  }
}
