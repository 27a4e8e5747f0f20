// SPDX-License-Identifier: MIT
//
// The mutex. Its word is the owner's token (identity.hpp) with two marks in the lowest bits:
//
//     W  somebody may be asleep on the word       G  a wait for several objects has reserved it
//
//     step        from            to              by whom, and when
//     lock        0               me              anybody (mutex_fast.hpp)
//     lock        0 | W?          me | W?         anybody; W also if it has slept, because others
//                                                 may be asleep, too
//     take over   dead | W?       me | W?         anybody who has seen that the owner's thread has
//                                                 ended; this one, and no other, hears `abandoned`
//     block       live            live | W        whoever is about to sleep
//     unlock      me              0               the owner (mutex_fast.hpp)
//     unlock      me | W | G?     0 | G?          the owner; then it wakes one sleeper
//
// No step but the last and `block` is possible while G is set. Each step is one compare-and-swap,
// so a death between any two leaves a valid state: the token of a dead owner stays in the word and
// is itself the mark that the mutex is abandoned. `depth` counts the owner's further acquisitions;
// only the owner touches it, and a taker clears it.
//
// No wake is lost. A sleeper sleeps only if the word still has the value, W included, with which it
// decided to, and it watches the owner's slot as well, which the kernel changes and wakes at its
// death. An unlocker that is killed before it wakes anybody wakes them by dying. One that was woken
// and does not take the mutex (its time is up) passes the wake on; one that is killed in between is
// made up for by the others' next look around, after longest_sleep.
#include "mutex.hpp"

#include "body.hpp"
#include "fork.hpp"
#include "identity.hpp"
#include "last_owner.hpp"
#include "liveness.hpp"
#include "no_cancel.hpp"
#include "record.hpp"
#include "seam.hpp"
#include "sleep.hpp"
#include "words.hpp"

#include <array>

namespace isthmus::detail {
namespace {

using seam::step;
using std::chrono::steady_clock;

constexpr std::uint64_t waiters = 1;
constexpr std::uint64_t guard = 2;
constexpr std::uint64_t marks = waiters | guard;
constexpr std::uint32_t deepest = 0x7FFFFFFF;  // 2^31 acquisitions in all (MTX-14)

struct posix_mutex : mutex_state {
  std::shared_ptr<body> object;
};

dispatcher_page& page_of(const mutex_state& handle) noexcept {
  return *static_cast<const posix_mutex&>(handle).object->page;
}

mutex_state* handle_to(std::shared_ptr<body> object, isthmus::access rights, bool created) {
  if (!object) return nullptr;
  auto handle = std::make_unique<posix_mutex>();
  handle->info.name = object->name;
  handle->info.access = rights;
  handle->info.created = created;
  if (portable_engine) object->page->state.portable.store(1);
  handle->object = std::move(object);
  return handle.release();
}

/// One attempt to lock, with what it learned for the sleep that may follow.
class attempt {
 public:
  attempt(dispatcher_page& page, std::uint64_t me) noexcept : page_(page), me_(me) {}

  /// Takes the mutex if that can be. `timeout` means that somebody alive has it.
  wait_status take(failure& why) {
    for (;;) {
      seen_ = word().load(std::memory_order_acquire);
      const std::uint64_t owner = seen_ & ~marks;
      if (owner == me_) return take_again(why);
      if ((seen_ & guard) != 0) return wait_status::timeout;
      if (owner != 0 && owner_lives(owner)) return wait_status::timeout;
      const owner_name dead = owner != 0 ? name_of(owner) : owner_name{};
      const std::uint64_t wanted = me_ | (slept_ ? waiters : seen_ & waiters);
      if (!word().compare_exchange_strong(seen_, wanted, std::memory_order_acq_rel)) continue;
      page_.state.depth.store(0, std::memory_order_relaxed);
      if (owner == 0) return wait_status::signaled;
      seam::at(step::lock_taken_over);
      write_last_owner(page_.last_owner, dead);
      return wait_status::abandoned;
    }
  }

  /// Sleeps until it may be worth another attempt, at most until `deadline`.
  void sleep(steady_clock::time_point now, steady_clock::time_point deadline) {
    if ((seen_ & waiters) == 0) {
      if (!word().compare_exchange_strong(seen_, seen_ | waiters)) return;
      seen_ |= waiters;
    }
    std::array<watched_word, 2> words{
        {{&low_half(word()), static_cast<std::uint32_t>(seen_)}, {watch_.word, watch_.value}}};
    const std::size_t count = watch_.word != nullptr ? 2 : 1;
    const bool looks_often =
        watch_.polled || page_.state.portable.load() != 0 || (seen_ & guard) != 0;
    const std::chrono::nanoseconds slice = looks_often ? shortest_sleep : longest_sleep;
    seam::at(step::lock_before_sleep);
    sleep_on({words.data(), count}, deadline - now < slice ? deadline : now + slice);
    seam::at(step::lock_after_sleep);
    slept_ = true;
    // At a death the kernel wakes one of those who watch the slot; that one wakes the others.
    if (watch_.word != nullptr && watch_.word->load(std::memory_order_acquire) != watch_.value)
      wake_all(*watch_.word);
    // Nothing moved for a whole slice: make sure that the owner's process lives.
    ask_process_ = word().load(std::memory_order_relaxed) == seen_;
  }

  /// Goes away without the mutex. A wake that came for us is passed on.
  void leave() noexcept {
    if (!slept_) return;
    std::uint64_t seen = word().load(std::memory_order_acquire);
    if ((seen & ~marks) == 0) return wake_one(low_half(word()));
    while ((seen & waiters) == 0 && (seen & ~marks) != 0)
      if (word().compare_exchange_weak(seen, seen | waiters)) return;
    if ((seen & ~marks) == 0) wake_one(low_half(word()));
  }

 private:
  std::atomic<std::uint64_t>& word() noexcept { return page_.state.word; }

  wait_status take_again(failure& why) {
    const std::uint32_t depth = page_.state.depth.load(std::memory_order_relaxed);
    if (depth >= deepest) {
      why.set(errc::limit_exceeded, "this thread has locked the mutex 2^31 times");
      return wait_status::failed;
    }
    page_.state.depth.store(depth + 1, std::memory_order_relaxed);
    return wait_status::signaled;
  }

  bool owner_lives(std::uint64_t owner) {
    life_of life = look_at(owner, ask_process_, watch_);
    if (life == life_of::alive && watch_.polled && !ask_process_)
      life = look_at(owner, true, watch_);
    return life == life_of::alive;
  }

  dispatcher_page& page_;
  const std::uint64_t me_;
  std::uint64_t seen_ = 0;
  owner_watch watch_;
  bool slept_ = false;
  bool ask_process_ = false;
};

steady_clock::time_point after(std::chrono::nanoseconds limit) noexcept {
  const auto now = steady_clock::now();
  return limit < steady_clock::time_point::max() - now ? now + limit
                                                       : steady_clock::time_point::max();
}

}  // namespace

mutex_state* make_mutex(const mutex_request& request, failure& why) {
  const no_cancel whole;
  blueprint plan;
  plan.facts.kind = kind::mutex;
  if (!check_permissions(request.permissions, why)) return nullptr;
  // Before the gate: another copy of the library may be asked for this, which has a gate of its
  // own.
  if (request.initially_owned && (plan.word = enrol(why)) == 0) return nullptr;
  const hold_off_fork gate;
  bool created = request.name.text.empty();
  auto object = request.name.text.empty()
                    ? make_unnamed(plan, why)
                    : make_named(request.name, request.how, plan, created, why);
  return handle_to(std::move(object), access::wait | access::modify, created);
}

mutex_state* open_mutex(const parsed_name& name, isthmus::access rights, failure& why) {
  return handle_to(open_named(name, kind::mutex, false, why), rights, false);
}

mutex_state* duplicate_mutex(const mutex_state& from, isthmus::access rights, failure&) {
  return handle_to(static_cast<const posix_mutex&>(from).object, rights, false);
}

mutex_state* adopt_mutex(native_handle_type handle, isthmus::access rights, failure& why) {
  const hold_off_fork gate;
  return handle_to(adopt(handle, kind::mutex, why), rights, false);
}

creator_info mutex_creator(const mutex_state& from, failure&) {
  return creator_of(*static_cast<const posix_mutex&>(from).object);
}

native_handle_type mutex_handle(const mutex_state& from) noexcept {
  return static_cast<const posix_mutex&>(from).object->fd.get();
}

void close_mutex_state(mutex_state* state, failure&) noexcept {
  delete static_cast<posix_mutex*>(state);
}

void* mutex_word(mutex_state& state) noexcept {
  return includes(state.info.access, access::wait) ? &page_of(state).state : nullptr;
}

wait_status lock_mutex(mutex_state& state, std::chrono::nanoseconds limit, failure& why) {
  const std::uint64_t me = enrol(why);
  if (me == 0) return wait_status::failed;
  attempt current(page_of(state), me);
  wait_status status = current.take(why);
  if (status != wait_status::timeout || limit == limit.zero()) return status;
  const auto deadline = after(limit);
  for (;;) {
    const auto now = steady_clock::now();
    if (now >= deadline) {
      current.leave();
      return status;
    }
    current.sleep(now, deadline);
    status = current.take(why);
    if (status != wait_status::timeout) return status;
  }
}

void unlock_mutex(mutex_state& state, failure& why) {
  dispatcher_state& shared = page_of(state).state;
  const std::uint64_t me = current_token();
  std::uint64_t seen = shared.word.load(std::memory_order_relaxed);
  if (me == 0 || (seen & ~marks) != me) return why.set(errc::not_owner);
  const std::uint32_t depth = shared.depth.load(std::memory_order_relaxed);
  if (depth != 0) return shared.depth.store(depth - 1, std::memory_order_relaxed);
  while (!shared.word.compare_exchange_weak(seen, seen & guard, std::memory_order_release)) {
  }
  seam::at(step::unlock_before_wake);
  if ((seen & waiters) != 0) wake_one(low_half(shared.word));
}

std::optional<last_owner_info> mutex_last_owner(const mutex_state& state, failure&) {
  return read_last_owner(page_of(state).last_owner);
}

}  // namespace isthmus::detail
