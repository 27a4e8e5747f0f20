// SPDX-License-Identifier: MIT
#include "process.hpp"

#include "posix/process_waits.hpp"
#include "posix/processes/child.hpp"
#include "posix/processes/spawn.hpp"
#include "posix/processes/watcher.hpp"
#include "posix/system/exit_code.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/retry.hpp"
#include "posix/waits/open_dispatcher.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <csignal>
#include <memory>
#include <new>
#include <utility>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

struct posix_process : posix_dispatcher {
  std::shared_ptr<child> one;
};

child& child_of(const dispatcher& state) noexcept {
  return *static_cast<const posix_process&>(state).one;
}

/// Children whose handle went first and that no thread could be started for: every later start and
/// close looks after them. No lock, which a fork could leave locked for ever.
struct orphan {
  std::shared_ptr<child> one;
  orphan* next = nullptr;
};
constinit std::atomic<orphan*> orphans = nullptr;

void push(orphan* one) noexcept {
  one->next = orphans.load(std::memory_order_relaxed);
  while (!orphans.compare_exchange_weak(one->next, one, std::memory_order_release)) {
  }
}

void look_after_orphans() noexcept {
  orphan* one = orphans.exchange(nullptr, std::memory_order_acquire);
  while (one != nullptr) {
    orphan* const next = one->next;
    if (one->one->to_be_reaped())
      push(one);
    else
      delete one;
    one = next;
  }
}

std::unique_ptr<posix_process> handle_to_process(access rights, bool created) {
  auto handle = std::make_unique<posix_process>();
  handle->kind = kind::process;
  handle->info.access = rights;
  handle->info.created = created;
  return handle;
}

dispatcher* completed(std::unique_ptr<posix_process> handle, std::shared_ptr<child> one) {
  handle->block = &one->block();
  handle->one = std::move(one);
  return handle.release();
}

}  // namespace

dispatcher* start_process(const start_request& request, failure& why) {
  look_after_orphans();
  auto handle = handle_to_process(dispatcher_rights, true);
  const pid_t id = spawn(request, why);
  if (why) return nullptr;
  try {
    return completed(std::move(handle), child::started(id));
  } catch (const std::bad_alloc&) {  // what has failed is not to run on, nor to be left a zombie
    ::kill(id, SIGKILL);
    retry([&] { return ::waitpid(id, nullptr, 0); });
    throw;
  }
}

dispatcher* open_process(std::uint32_t id, access rights, failure& why) {
  const no_cancel whole;
  if (id > INT_MAX) {  // as a number for the system it would mean a group of processes
    why.set(errc::not_found, "there is no process of this number");
    return nullptr;
  }
  auto one = child::opened(static_cast<pid_t>(id), includes(rights, access::modify), why);
  return one ? completed(handle_to_process(rights, false), std::move(one)) : nullptr;
}

std::uint32_t process_id(const dispatcher& state) noexcept {
  return static_cast<std::uint32_t>(child_of(state).id());
}

std::optional<std::int32_t> process_exit_code(dispatcher& state) noexcept {
  return child_of(state).code();
}

void terminate_process(dispatcher& state, failure& why) { child_of(state).kill(why); }

void end_this_process(std::int32_t code) noexcept {
  hand_over(code);
  ::_exit(code);
}

native_handle_type process_handle(const dispatcher& process) noexcept {
  return child_of(process).pidfd();
}

void look_at_process(const dispatcher& process) noexcept { child_of(process).look(); }

wait_status wait_for_process(dispatcher& process, std::chrono::nanoseconds limit) noexcept {
  const no_cancel whole;
  child& one = child_of(process);
  const auto start = clock::now();
  for (std::chrono::nanoseconds pause = 1ms;;) {
    if (one.look()) return wait_status::signaled;
    // Cannot overflow: the clock does not go back.
    const auto left = limit - (clock::now() - start);
    if (left <= left.zero()) return wait_status::timeout;
    one.doze(left, pause);
  }
}

bool attend_processes(std::span<dispatcher* const> objects, std::chrono::nanoseconds limit,
                      failure& why) {
  for (const dispatcher* const object : objects) {
    if (object->kind != kind::process) continue;
    const auto& one = static_cast<const posix_process*>(object)->one;
    if (!one->look() && limit > limit.zero() && !watch(one, why)) return false;
  }
  return true;
}

void close_process(dispatcher& process) noexcept {
  const no_cancel whole;
  const std::unique_ptr<posix_process> handle(&static_cast<posix_process&>(process));
  const std::shared_ptr<child> one = std::move(handle->one);
  if (!one->to_be_reaped()) {
    unwatch(one);
  } else {
    try {
      failure none;
      if (!watch(one, none)) push(new orphan{one});
    } catch (const std::bad_alloc&) {
      // It stays a zombie until this process ends.
    }
  }
  look_after_orphans();
}

}  // namespace isthmus::detail
