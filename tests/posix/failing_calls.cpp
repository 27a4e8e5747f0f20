// SPDX-License-Identifier: MIT
#include "failing_calls.hpp"

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

std::atomic<std::int64_t> left = never;  // until they fail
std::atomic<bool> only_one = false;
std::atomic<std::int64_t> failures = 0;

std::atomic<int> bad_command = -1;
std::atomic<int> bad_error = 0;

bool is_to_fail() noexcept {
  if (left.load() == never || left.fetch_sub(1) > 0) return false;
  if (only_one) left = never;
  ++failures;
  return true;
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
  if (is_to_fail()) return nullptr;
  if (size == 0) size = 1;
  if (alignment <= alignof(std::max_align_t)) return std::malloc(size);
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment = 0) {
  if (void* const memory = allocate(size, alignment)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) { return allocate_or_throw(size); }
void* operator new[](std::size_t size) { return allocate_or_throw(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 0); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace {

int call_fcntl(int fd, int command, void* argument) noexcept {
  if (command == bad_command) {
    errno = bad_error;
    return -1;
  }
#ifdef SYS_fcntl64
  return static_cast<int>(::syscall(SYS_fcntl64, fd, command, argument));
#else
  return static_cast<int>(::syscall(SYS_fcntl, fd, command, argument));
#endif
}

}  // namespace

// Both names that the C library's header may give the call; by these alone, as the header may have
// been read already.
extern "C" {
int called_as_fcntl(int fd, int command, ...) __asm__("fcntl");
int called_as_fcntl64(int fd, int command, ...) __asm__("fcntl64");
}

int called_as_fcntl(int fd, int command, ...) {
  std::va_list rest;
  va_start(rest, command);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  return call_fcntl(fd, command, argument);
}
int called_as_fcntl64(int fd, int command, ...) {
  std::va_list rest;
  va_start(rest, command);
  void* const argument = va_arg(rest, void*);
  va_end(rest);
  return call_fcntl(fd, command, argument);
}

namespace white {

no_memory_after::no_memory_after(std::int64_t count) noexcept {
  only_one = false;
  failures = 0;
  left = count;
}
no_memory_after::~no_memory_after() { left = never; }
std::int64_t no_memory_after::failed() noexcept { return failures; }

one_failed_allocation::one_failed_allocation(std::int64_t count) noexcept {
  only_one = true;
  failures = 0;
  left = count;
}
one_failed_allocation::~one_failed_allocation() { left = never; }

failing_fcntl::failing_fcntl(int command, int error) noexcept {
  bad_error = error;
  bad_command = command;
}
failing_fcntl::~failing_fcntl() { bad_command = -1; }

}  // namespace white
