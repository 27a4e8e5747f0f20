// SPDX-License-Identifier: MIT
#include "semaphore.hpp"

#include "posix/system/back_off.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/tsan.hpp"

namespace isthmus::detail {

std::int32_t release_semaphore(dispatcher& state, std::int32_t count, failure& why) {
  if (count < 1) {
    why.set(errc::invalid_argument);
    return 0;
  }
  tsan::gives(state);
  dispatcher_state& shared = state_of(state);
  const counted::rules of =
      counted::for_semaphore(static_cast<const posix_dispatcher&>(state).maximum);
  const auto permits = static_cast<std::uint32_t>(count);
  for (back_off pause(std::chrono::milliseconds(10));; pause.once()) {
    bool fits = true;
    const std::uint64_t before = give_by(shared, of, [&](std::uint64_t word) {
      const std::uint32_t now = counted::free_count(word, of);
      fits = now <= of.maximum && permits <= of.maximum - now;
      return fits ? counted::give(word, of, permits) : word;
    });
    if (fits) return static_cast<std::int32_t>(counted::free_count(before, of));
    // A wait for all that has reserved a permit may be taking it: then there is room in a moment.
    if ((before & counted::guard) != 0 && !pause.too_long()) continue;
    why.set(errc::limit_exceeded);
    return 0;
  }
}

}  // namespace isthmus::detail
