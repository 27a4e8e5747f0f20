// SPDX-License-Identifier: MIT
#include "support/crowd.hpp"

#include "support/limits.hpp"

namespace support {

void crowd::start(std::function<isthmus::wait_result()> limited) {
  member& mine = members_.emplace_back();
  results_.push_back(threads_.emplace_back().start([&mine, limited = std::move(limited)] {
    mine.number = this_thread();
    mine.begun = true;
    const auto result = limited();
    mine.back = true;
    return result;
  }));
}

bool crowd::exactly(std::size_t count) {
  auto others = thread_state::busy;
  (void)eventually([&] {
    if (back() < count) return false;
    others = state_of_others();
    return others != thread_state::busy || back() > count;
  });
  if (others != thread_state::waits)
    (void)eventually([&] { return back() > count; }, back() == members_.size() ? 0ms : moment);
  return others != thread_state::busy && back() == count;
}

bool crowd::sleeps() {
  return eventually([&] { return state_of_others() != thread_state::busy; });
}

bool crowd::all() {
  return eventually([&] { return back() == members_.size(); });
}

std::vector<isthmus::wait_result> crowd::results() {
  std::vector<isthmus::wait_result> found;
  found.reserve(results_.size());
  for (auto& result : results_) found.push_back(result.get());
  return found;
}

std::size_t crowd::count(isthmus::wait_result wanted) {
  std::size_t found = 0;
  for (const auto& result : results()) found += result == wanted ? 1 : 0;
  results_.clear();
  return found;
}

std::size_t crowd::back() const {
  std::size_t count = 0;
  for (const member& one : members_) count += one.back ? 1 : 0;
  return count;
}

/// Of those who are not back: busy where one is. Each is looked at twice, since the first may have
/// been held up by the last on the way to its wait.
thread_state crowd::state_of_others() {
  auto all = thread_state::waits;
  for (int look = 0; look < 2; ++look) {
    for (member& one : members_) {
      if (one.back) continue;
      if (!one.begun) return thread_state::busy;
      const auto state = state_of(one.number);
      one.napped = one.napped || state == thread_state::naps;
      if (state == thread_state::busy && !one.napped) return state;
      if (state != thread_state::waits) all = state;
    }
  }
  return all == thread_state::busy ? thread_state::naps : all;
}

}  // namespace support
