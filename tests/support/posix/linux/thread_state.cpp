// SPDX-License-Identifier: MIT
#include "support/thread_state.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace support {
namespace {

// Both of x86's tables: a 64-bit test looks at 32-bit processes, too, and the other way round. No
// number means another blocking call in the other table.
constexpr std::array futexes{static_cast<long>(SYS_futex), 202L, 240L, 422L};
constexpr std::array polls{7L, 271L, 168L, 309L, 414L};
constexpr std::array naps{35L, 230L, 162L, 267L, 407L};
constexpr long futex_of_many = 449;
constexpr unsigned long in_a_wait = 9;  // FUTEX_WAIT_BITSET: of all calls only the library's waits

template <class Numbers>
bool has(const Numbers& numbers, long number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

}  // namespace

thread_number this_thread() noexcept {
  return {static_cast<std::uint32_t>(::getpid()),
          static_cast<std::uint32_t>(::syscall(SYS_gettid))};
}

thread_state state_of(thread_number number) {
  const auto path = "/proc/" + std::to_string(number.process) + "/task/" +
                    std::to_string(number.thread) + "/syscall";
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return thread_state::unknown;
  std::array<char, 200> text{};
  const auto size = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  if (size <= 0) return thread_state::unknown;
  long call = -1;
  unsigned long first = 0;
  unsigned long second = 0;
  // "running" where it runs or has been woken, else the call's number and arguments.
  if (std::sscanf(text.data(), "%ld %lx %lx", &call, &first, &second) != 3)
    return thread_state::busy;
  if (call == futex_of_many || has(polls, call)) return thread_state::waits;
  if (has(futexes, call)) return second == in_a_wait ? thread_state::waits : thread_state::busy;
  return has(naps, call) ? thread_state::naps : thread_state::busy;
}

}  // namespace support
