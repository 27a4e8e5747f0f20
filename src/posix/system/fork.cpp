// SPDX-License-Identifier: MIT
#include "posix/system/fork.hpp"

#include "posix/system/exit_code.hpp"
#include "posix/system/wipe.hpp"

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
process_mask* wiped = nullptr;
const process_mask no_wiping = 0;     // where pages cannot be wiped
std::atomic<pid_t> noted_number = 0;  // there: of the process that all this belongs to

thread_local constinit int depth = 0;

void before_fork() { storage.gate.lock(); }

void after_fork_in_parent() {
  generation.fetch_add(1, std::memory_order_relaxed);
  storage.gate.unlock();
}

/// From now on this is the same process.
void note_process() noexcept {
  if (wiped != nullptr)
    wiped->store(-1, std::memory_order_relaxed);
  else
    noted_number.store(ask_process_number(), std::memory_order_relaxed);
}

void after_fork_in_child() {
  // The child's only thread is not the one that locked, as far as the gate can tell.
  std::construct_at(&storage.gate);
  generation.fetch_add(1, std::memory_order_relaxed);
  note_process();
  forget_parent();
  renew_exit_page();
}

void start() {
  static std::once_flag once;
  std::call_once(once, [] {
    std::construct_at(&storage.gate);
    wiped = static_cast<process_mask*>(make_wiped_page());
    note_process();
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
  if (!same_process()) {  // a child that no handler has seen
    generation.fetch_add(1, std::memory_order_relaxed);
    forget_parent();
    forget_exit_page();
    note_process();
  }
  return generation.load(std::memory_order_relaxed);
}

const process_mask* same_process_mask() noexcept {
  start();
  return wiped != nullptr ? wiped : &no_wiping;
}

bool same_process() noexcept {
  start();
  return wiped != nullptr ? wiped->load(std::memory_order_relaxed) != 0
                          : noted_number.load(std::memory_order_relaxed) == ask_process_number();
}

}  // namespace isthmus::detail
