// SPDX-License-Identifier: MIT
//
// What a wait does first: it takes what is there, and sees to the processes among the objects. The
// engine behind it is in waits/: seats.cpp for one or any, wait_all.cpp, wait_signal.cpp.
#include "wait.hpp"

#include "posix/owners/holding.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/record.hpp"
#include "posix/process_waits.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/waits/give.hpp"
#include "posix/waits/mutex_fast.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/owner_for.hpp"
#include "posix/waits/schedule.hpp"
#include "posix/waits/seats.hpp"
#include "posix/waits/tsan.hpp"
#include "posix/waits/wait_all.hpp"

#include <algorithm>
#include <span>

namespace isthmus::detail {
namespace {

using std::chrono::nanoseconds;

/// The wait that does not end at the first look.
wait_result wait_long(std::span<dispatcher* const> objects, nanoseconds limit, failure& why) {
  const waiting_here inside;
  seats all;
  for (const dispatcher* const one : objects)
    all.add(*one, one->kind == kind::mutex ? known_owner_for(*one) : 0, objects.size() > 1);
  return wait_in(all, limit, {}, why);
}

/// The quick look: true where `result` is the answer already.
bool take_at_once(const dispatcher& handle, std::uint64_t me, wait_status& result) noexcept {
  dispatcher_block& block = block_of(handle);
  std::atomic<std::uint64_t>& word = block.state.word;
  const member object = member_of(handle);
  if (object.is_timer()) expire(block, false);
  if (object.lasts()) look_at_process(handle);
  result = wait_status::signaled;
  switch (object.machine()) {
    case machine::mutex: {
      std::uint64_t free = 0;
      owner_line& line = line_of(block);
      if (line.word.load(std::memory_order_relaxed) != 0 || holding::owns_too_many(me, 1) ||
          holding::take(line, free, me) != holding::taking::taken)
        return false;
      if (owner_word::is_recorded(me)) note_record(block, me);
      return true;
    }
    case machine::latch:
      if ((word.load() & latch::is_set) != 0) return true;
      break;
    case machine::counted: {
      std::uint64_t seen = word.load(std::memory_order_relaxed);
      while (counted::takeable(seen, object.rules()))
        if (word.compare_exchange_weak(seen, counted::take(seen, false))) return true;
      if ((seen & counted::guard) != 0 || counted::granted(seen) != 0) return false;
      break;
    }
  }
  result = wait_status::timeout;
  return true;
}

wait_result wait_any(std::span<dispatcher* const> objects, nanoseconds limit, failure& why) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::uint64_t me = 0;
    if (objects[i]->kind == kind::mutex && (me = owner_for(*objects[i], why)) == 0)
      return {wait_status::failed, 0};
    wait_status status{};
    if (!take_at_once(*objects[i], me, status)) break;
    if (status != wait_status::timeout) return {status, i};
    if (i + 1 == objects.size() && limit == limit.zero()) return {status, 0};
  }
  if (!attend_processes(objects, limit, why)) return {wait_status::failed, 0};
  for (const dispatcher* const one : objects)  // also those that the quick look did not come to
    if (one->kind == kind::mutex && owner_for(*one, why) == 0) return {wait_status::failed, 0};
  const no_cancel whole;
  const wait_result result = wait_long(objects, limit, why);
  return result.status == wait_status::timeout ? wait_result{wait_status::timeout, 0} : result;
}

/// The result, of which ThreadSanitizer is told.
wait_result note_taken(wait_kind kind, std::span<dispatcher* const> objects,
                       wait_result result) noexcept {
  if (result.status != wait_status::signaled && result.status != wait_status::abandoned)
    return result;
  if (kind == wait_kind::any) {
    tsan::has_taken(*objects[result.index]);
  } else {
    for (const dispatcher* const one : objects) tsan::has_taken(*one);
  }
  return result;
}

}  // namespace

wait_status wait_for_one(dispatcher& object, nanoseconds limit, failure& why) {
  if (object.kind == kind::process) return wait_for_process(object, limit);
  dispatcher* const one = &object;
  return note_taken(wait_kind::any, {&one, 1}, wait_any({&one, 1}, limit, why)).status;
}

wait_result wait_for_many(wait_kind kind, std::span<dispatcher* const> objects, nanoseconds limit,
                          failure& why) {
  if (kind == wait_kind::any) return note_taken(kind, objects, wait_any(objects, limit, why));
  const no_cancel whole;
  if (!attend_processes(objects, limit, why)) return {wait_status::failed, 0};
  return note_taken(kind, objects, wait_all(objects, limit, why));
}

}  // namespace isthmus::detail
