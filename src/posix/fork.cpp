// SPDX-License-Identifier: MIT
#include "fork.hpp"

#include "exit_code.hpp"
#include "wipe.hpp"

#include <pthread.h>

#include <memory>
#include <mutex>
#include <shared_mutex>

namespace isthmus::detail {
namespace {

// Never destroyed: objects are closed in exit handlers, too.
union gate_storage {
  constexpr gate_storage() noexcept : unused() {}
  ~gate_storage() {}  // NOLINT(modernize-use-equals-default): that would be deleted
  char unused;
  std::shared_mutex gate;
} storage;

std::atomic<std::uint64_t> generation = 1;
process_mask* mark = nullptr;
process_mask no_wiping = -1;  // where pages cannot be wiped, handlers must do

thread_local constinit int depth = 0;

void before_fork() { storage.gate.lock(); }

void after_fork_in_parent() {
  generation.fetch_add(1, std::memory_order_relaxed);
  storage.gate.unlock();
}

void after_fork_in_child() {
  // The child's only thread is not the one that locked, as far as the gate can tell.
  std::construct_at(&storage.gate);
  generation.fetch_add(1, std::memory_order_relaxed);
  mark->store(-1, std::memory_order_relaxed);
  forget_parent();
  renew_exit_page();
}

void start() {
  static std::once_flag once;
  std::call_once(once, [] {
    std::construct_at(&storage.gate);
    auto* const page = static_cast<process_mask*>(make_wiped_page());
    if (page != nullptr) page->store(-1, std::memory_order_relaxed);
    mark = page != nullptr ? page : &no_wiping;
    ::pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  });
}

// As a rule this is long done when another thread forks: before main.
[[maybe_unused]] const bool started = (start(), true);

}  // namespace

hold_off_fork::hold_off_fork() {
  start();
  if (depth++ != 0) return;
  ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancellable_);
  storage.gate.lock_shared();
}

hold_off_fork::~hold_off_fork() {
  if (--depth != 0) return;
  storage.gate.unlock_shared();
  int ours = 0;
  ::pthread_setcancelstate(cancellable_, &ours);
}

std::uint64_t fork_generation() noexcept {
  start();
  if (mark->load(std::memory_order_relaxed) == 0) {  // a child that no handler has seen
    generation.fetch_add(1, std::memory_order_relaxed);
    forget_parent();
    forget_exit_page();
    mark->store(-1, std::memory_order_relaxed);
  }
  return generation.load(std::memory_order_relaxed);
}

const process_mask* same_process_mask() noexcept {
  start();
  return mark;
}

}  // namespace isthmus::detail
