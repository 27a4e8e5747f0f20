// SPDX-License-Identifier: MIT
//
// Children made by a plain fork, for tests that need many of them quickly, or that are about fork.
// They talk through shared memory that is not the library's.
#pragma once

#include "support/limits.hpp"

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <new>
#include <optional>
#include <utility>

namespace white {

using support::time_limit;

/// Memory that this process and the children that it forks from now on share, zeroed.
[[nodiscard]] void* shared_memory(std::size_t size);
void give_back(void* memory, std::size_t size) noexcept;

/// A value in such memory.
template <class T>
class shared {
 public:
  shared() : value_(new (shared_memory(sizeof(T))) T()) {}
  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;
  ~shared() { give_back(value_, sizeof(T)); }

  T& operator*() const noexcept { return *value_; }
  T* operator->() const noexcept { return value_; }

 private:
  T* value_;
};

/// A child. It runs `work`, whose result is its exit code, and dies with its parent.
class forked {
 public:
  explicit forked(const std::function<int()>& work);
  /// One that was made otherwise.
  explicit forked(pid_t id) noexcept : id_(id) {}
  forked(forked&& other) noexcept : id_(std::exchange(other.id_, -1)), code_(other.code_) {}
  forked& operator=(forked&&) = delete;
  /// Kills it if it still runs.
  ~forked();

  [[nodiscard]] pid_t id() const noexcept { return id_; }
  /// Its exit code, 128 plus the signal's number if that ended it. Absent if the limit passed.
  std::optional<int> ended(time_limit limit = support::patience());
  /// Whether it has been stopped by a signal within the limit.
  [[nodiscard]] bool stopped(time_limit limit = support::patience());
  void signal(int number) const noexcept;
  /// Ends it by force and waits for that.
  void kill();

 private:
  bool look(int options);

  pid_t id_;
  std::optional<int> code_;
  bool stopped_ = false;
};

/// The exit code of `work` in a child, or -1 where that takes longer than the limit.
[[nodiscard]] int in_child(const std::function<int()>& work,
                           time_limit limit = support::patience());

/// What a child's code is that threw; its message goes to the standard error output.
inline constexpr int child_threw = 97;

/// Waits for something in shared memory; ends the (child) process where the limit passes.
void await(const std::function<bool()>& holds, time_limit limit = support::patience());

/// Of a child that is there until its parent kills it; it ends by itself where that takes too long.
[[noreturn]] void live_until_killed();

}  // namespace white
