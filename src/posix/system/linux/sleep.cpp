// SPDX-License-Identifier: MIT
#include "posix/system/sleep.hpp"

#include "posix/system/linux/futex_waitv.hpp"

#include "posix/system/retry.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>

namespace isthmus::detail {
namespace {

/// As the kernel wants a word described (struct futex_waitv, which older headers lack).
struct wait_entry {
  std::uint64_t value;
  std::uint64_t address;
  std::uint32_t flags;
  std::uint32_t reserved;
};
constexpr std::uint32_t size_32 = 2;

/// The kernel's 64-bit time, on 32-bit systems, too.
struct kernel_time {
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

/// The kernel's older time, as its older calls want it, whatever the C library's is.
struct old_time {
  long seconds;
  long nanoseconds;
};

kernel_time time_of(std::chrono::steady_clock::time_point when) noexcept {
  const auto since = when.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  return {seconds.count(), (since - seconds).count()};
}

/// What a call that was to sleep did.
enum class slept { yes, not_this_time, never };

/// By the call's result and errno.
slept how_it_went(long result) noexcept {
  if (result >= 0 || interrupted()) return slept::yes;
  switch (errno) {
    case EAGAIN:
    case ETIMEDOUT:
      return slept::yes;
    case ENOSYS:  // an old kernel, or a sandbox
    case EPERM:
    case EACCES:
    case EINVAL:
    case EOPNOTSUPP:
      return slept::never;
    default:
      return slept::not_this_time;
  }
}

slept sleep_on_many(std::span<const watched_word> words,
                    std::chrono::steady_clock::time_point deadline) noexcept {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): filled as far as needed
  std::array<wait_entry, most_words> entries;
  for (std::size_t i = 0; i < words.size(); ++i)
    entries[i] = {words[i].value, reinterpret_cast<std::uintptr_t>(words[i].word), size_32, 0};
  const kernel_time limit = time_of(deadline);
  return how_it_went(
      ::syscall(number_of_futex_waitv, entries.data(), words.size(), 0, &limit, CLOCK_MONOTONIC));
}

/// One word, with a time limit that every kernel understands, and for which nobody has to look at
/// the clock.
slept sleep_on_one(const watched_word& word,
                   std::chrono::steady_clock::time_point deadline) noexcept {
  const kernel_time time = time_of(deadline);
  const old_time until{static_cast<long>(std::min<std::int64_t>(time.seconds, INT_MAX)),
                       static_cast<long>(time.nanoseconds)};
  return how_it_went(::syscall(SYS_futex, word.word, FUTEX_WAIT_BITSET, word.value, &until, nullptr,
                               FUTEX_BITSET_MATCH_ANY));
}

std::atomic<bool> many_possible = true;

}  // namespace

const bool portable_engine = false;
const std::chrono::nanoseconds longest_sleep = std::chrono::milliseconds(250);

void sleep_on(std::span<const watched_word> words,
              std::chrono::steady_clock::time_point deadline) noexcept {
  if (words.size() > 1 && many_possible.load(std::memory_order_relaxed)) {
    const slept how = sleep_on_many(words, deadline);
    if (how == slept::yes) return;
    if (how == slept::never) many_possible.store(false, std::memory_order_relaxed);
  }
  // On one word of several we have to look at the others soon.
  const auto until = words.size() > 1
                         ? std::min<std::chrono::steady_clock::time_point>(
                               deadline, std::chrono::steady_clock::now() + shortest_sleep)
                         : deadline;
  if (sleep_on_one(words.front(), until) != slept::yes) pause_on(words, deadline);
}

std::uint32_t wake(const std::atomic<std::uint32_t>& word, std::uint32_t most) noexcept {
  const int before = errno;  // this may run in a signal handler
  const long woken = ::syscall(SYS_futex, &word, FUTEX_WAKE, most, nullptr, nullptr, 0);
  errno = before;
  return woken > 0 ? static_cast<std::uint32_t>(woken) : 0;
}

}  // namespace isthmus::detail
