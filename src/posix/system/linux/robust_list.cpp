// SPDX-License-Identifier: MIT
#include "posix/system/robust_list.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/system/linux/robust_mutex.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/retry.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

namespace isthmus::detail {
namespace {

static_assert(sizeof(robust_head) == sizeof(robust_list_head));

/// A robust mutex of the C library's, owned by this thread as long as this lives.
class probe {
 public:
  probe() noexcept : locked_(lock_new_robust(mutex_) == 0) {}
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;
  ~probe() {
    if (locked_) ::pthread_mutex_unlock(&mutex_);
    ::pthread_mutex_destroy(&mutex_);
  }
  explicit operator bool() const noexcept { return locked_; }
  [[nodiscard]] bool contains(const std::byte* place) const noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(&mutex_);
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    return at >= begin && at <= begin + sizeof mutex_ - sizeof(std::uint32_t);
  }

 private:
  pthread_mutex_t mutex_{};
  bool locked_;
};

/// The calling thread's list, or another's of this process. The kernel's error number in errno.
robust_head* head_of(std::uint32_t thread) noexcept {
  robust_head* head = nullptr;
  std::size_t size = 0;
  errno = 0;
  if (::syscall(SYS_get_robust_list, thread, &head, &size) != 0 || size != sizeof *head)
    return nullptr;
  return head;
}

/// The word that a node is about.
std::uint32_t value_at(const robust_head& head, const std::byte* node) noexcept {
  std::uint32_t value = 0;
  __builtin_memcpy(&value, node + head.offset, sizeof value);
  return value;
}

/// Whether the C library tells the kernel of a thread's list when that locks its first robust
/// mutex, as musl does, and not when the thread begins.
constexpr bool registers_late = ISTHMUS_LATE_LISTS;

/// The list of a thread of which the kernel has none; nullptr where it will have none of the C
/// library's. If the C library came after us, it would take our list away. In a fork's child musl
/// leaves the parent's entries there. So does glibc in the child of a raw clone, and for good: to
/// lock a robust mutex of its would be to write to these.
robust_head* first_of_thread() noexcept {
  if (!registers_late || !probe()) return nullptr;
  robust_head* const head = head_of(0);
  if (head != nullptr) head->next = robust::node_of(*head);
  return head;
}

/// Two of the C library's mutexes are locked, one after the other, and looked at.
std::optional<robust_shape> find_shape() noexcept {
  if (head_of(0) == nullptr && (errno != 0 || first_of_thread() == nullptr)) return std::nullopt;
  const auto self = static_cast<std::uint32_t>(::syscall(SYS_gettid));
  const probe first;
  robust_head* const head = head_of(0);
  if (!first || head == nullptr) return std::nullopt;
  std::byte* const one = head->next;
  if (!first.contains(one + head->offset) || !first.contains(one) ||
      (value_at(*head, one) & FUTEX_TID_MASK) != self)
    return std::nullopt;
  robust_shape shape{head->offset, false, false};
  const bool alone = robust::next_of(one) == robust::node_of(*head);
  const bool back_to_one = robust::prev_of(robust::node_of(*head)) == one;
  const probe second;
  if (!second) return std::nullopt;
  std::byte* const two = head->next;
  if (!second.contains(two) || robust::next_of(two) != one) return std::nullopt;
  if (first.contains(one - sizeof one) && robust::prev_of(one) == two) {
    shape.has_prev = true;
    // Where something else was in the list already, it is that of which the slot before the head
    // tells, if there is one.
    shape.head_has_prev = alone ? back_to_one : shape.offset == usual_shape.offset;
  }
  return shape;
}

/// Those that we know: glibc's and musl's of 64 bits, and glibc's of 32. With each of them the
/// nodes of both words lie in the process's own page.
constexpr std::array<robust_shape, 3> shapes{usual_shape, robust_shape{-28, true, false},
                                             robust_shape{-20, false, false}};
static_assert(std::all_of(shapes.begin(), shapes.end(), [](const robust_shape& shape) {
  constexpr long word = -16;  // of the mutex, from the beginning of that page
  constexpr long door = -8;
  const long pointer = shape.offset == -20 ? 4 : 8;
  return word - shape.offset >= (shape.has_prev ? pointer : 0) &&
         door - shape.offset <= 64 - pointer;
}));

constinit std::atomic<const robust_shape*> shape_found = nullptr;
constinit std::atomic<bool> lists_are_ignored = false;

/// Of a thread's line in /proc: its state, how many there are in its process, and when it began.
/// Nothing where it cannot be read.
struct thread_line {
  char state = 0;
  std::uint64_t threads = 0;
  std::uint64_t start = 0;
};

thread_line thread_line_in(std::string_view line) noexcept {
  thread_line result;
  const auto name_end = line.rfind(')');  // a name may have blanks, and brackets
  if (name_end == std::string_view::npos) return result;
  line.remove_prefix(name_end + 1);
  constexpr int state_field = 3;
  constexpr int threads_field = 20;
  constexpr int start_field = 22;
  const auto number = [&] {
    std::uint64_t value = 0;
    std::from_chars(line.data(), line.data() + line.size(), value);
    return value;
  };
  for (int field = state_field; field <= start_field; ++field) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
    if (field == state_field && !line.empty()) result.state = line.front();
    if (field == threads_field) result.threads = number();
    if (field == start_field) result.start = number();
    line.remove_prefix(std::min(line.size(), line.find(' ')));
  }
  return result;
}

thread_line read_line(const char* path) noexcept {
  const no_cancel whole;
  const descriptor fd(::open(path, O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> text{};
  const ssize_t size = fd ? retry([&] { return ::read(fd.get(), text.data(), text.size()); }) : -1;
  return size > 0 ? thread_line_in({text.data(), static_cast<std::size_t>(size)}) : thread_line{};
}

/// Of a thread, or with 0 of the whole process. errno stays.
thread_line line_of(std::uint32_t process, std::uint32_t thread) noexcept {
  std::array<char, 48> path{};
  if (thread != 0)
    std::snprintf(path.data(), path.size(), "/proc/%u/task/%u/stat", process, thread);
  else
    std::snprintf(path.data(), path.size(), "/proc/%u/stat", process);
  const int before = errno;
  const thread_line now = read_line(path.data());
  errno = before;
  return now;
}

bool is_over(const thread_line& now) noexcept { return now.state == 'Z' || now.state == 'X'; }
bool began_at_another(const thread_line& now, std::uint64_t start) noexcept {
  return start != 0 && now.start != 0 && now.start != start;
}

}  // namespace

robust_head* current_robust_head() noexcept { return head_of(0); }

const robust_shape* known_shape() noexcept {
  if (const robust_shape* const known = shape_found.load(std::memory_order_relaxed)) return known;
  if (lists_are_ignored || ::sysconf(_SC_PAGESIZE) != 4096) return nullptr;
  auto found = find_shape();  // not remembered where it fails: that may pass
  if (!found && head_of(0) == nullptr && errno == 0 && sizeof(void*) == 8) found = usual_shape;
  const auto* const known = std::find(shapes.begin(), shapes.end(), found);
  if (known == shapes.end()) return nullptr;
  lists_are_ignored = try_list() == list_trial::ignores;
  if (lists_are_ignored) return nullptr;
  shape_found.store(known, std::memory_order_relaxed);
  return known;
}

robust_head* own_robust_head() noexcept {
  const robust_shape* const shape = known_shape();
  robust_head* head = shape != nullptr ? head_of(0) : nullptr;
  if (shape != nullptr && head == nullptr && errno == 0) head = first_of_thread();
  if (head != nullptr) return head->offset == shape->offset ? head : nullptr;
  // Threads that the C library has made have a list by now. glibc's in the child of a raw clone
  // has none: the kernel has forgotten its parent's.
  struct list_of_clone {
    std::byte* prev;
    robust_head head;
  };
  static thread_local list_of_clone own;
  own.head = {robust::node_of(own.head), shape != nullptr ? shape->offset : 0, nullptr};
  const bool told = shape != nullptr && errno == 0 &&
                    ::syscall(SYS_set_robust_list, &own.head, sizeof own.head) == 0;
  return told ? &own.head : nullptr;
}

std::uint32_t own_thread_number() noexcept {
  return static_cast<std::uint32_t>(::syscall(SYS_gettid));
}

std::uint64_t own_start() noexcept { return read_line("/proc/thread-self/stat").start; }

bool thread_is_another(std::uint32_t process, std::uint32_t thread, std::uint64_t start) noexcept {
  const thread_line now = line_of(process, thread);
  return is_over(now) || began_at_another(now, start);
}

std::uint64_t own_process_start() noexcept { return read_line("/proc/self/stat").start; }

bool process_is_another(std::uint32_t process, std::uint64_t start) noexcept {
  const thread_line now = line_of(process, 0);
  // The first thread may have ended before the others.
  return (is_over(now) && now.threads <= 1) || began_at_another(now, start);
}

bool thread_has_gone(std::uint32_t thread, std::uint64_t start) noexcept {
  const int before = errno;
  const robust_head* const head = head_of(thread);
  const bool none = head == nullptr && (errno == 0 || errno == ESRCH);
  errno = before;
  return none ||
         thread_is_another(static_cast<std::uint32_t>(::syscall(SYS_getpid)), thread, start);
}

}  // namespace isthmus::detail
