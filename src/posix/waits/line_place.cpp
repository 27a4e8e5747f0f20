// SPDX-License-Identifier: MIT
#include "posix/waits/line_place.hpp"

#include "posix/system/words.hpp"
#include "posix/waits/guard.hpp"

namespace isthmus::detail {

using namespace std::chrono_literals;

bool line_place::stand(member& object, watch_list& list) noexcept {
  const std::uint64_t seen = object.word().load();
  if (!ours_) {
    if (counted::waiting(seen) == 0) return true;
    ours_.emplace(object, true);
  }
  ours_->notice(seen);
  if (*ours_) {
    if (ours_->entitled() && counted::granted(seen) != 0) return false;
    ours_->pass_on();
    if ((seen & counted::guard) != 0 && counted::granted(seen) == 0) {
      mend_guard(object);
      list.within(shortest_sleep);
    }
  } else if (!counted::enterable(seen, object.rules())) {
    if ((seen & counted::guard) == 0 && counted::count(seen, object.rules()) != 0) return false;
    list.within(shortest_sleep);  // reserved, or the line is full
    return true;
  } else if (!ours_->enter()) {
    return false;
  }
  if (counted::granted(seen) != 0) list.within(55ms);
  list.add(low_half(object.word()), static_cast<std::uint32_t>(ours_->seen()));
  return true;
}

void line_place::leave() noexcept {
  if (ours_) ours_->leave();
  ours_.reset();
}

}  // namespace isthmus::detail
