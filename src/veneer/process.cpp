// SPDX-License-Identifier: MIT
//
// Handles to processes; what starts them is in start.cpp.
#include "process.hpp"

#include "error.hpp"
#include "posix/fork.hpp"
#include "rights.hpp"
#include "table.hpp"

#include <isthmus/error.hpp>

#include <cstdlib>
#include <mutex>
#include <vector>

namespace isthmus::veneer {
namespace {

using namespace std::chrono_literals;

constexpr DWORD to_query_process = PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION;
constexpr std::int32_t killed = 137;

/// The processes that this one has started and has handles to, as only these know an exit code. A
/// leak on purpose: handles are closed in exit handlers, too.
class known_processes {
 public:
  static known_processes& own() {
    static auto* const all = new known_processes;
    return *all;
  }

  void add(const std::shared_ptr<process_state>& one) {
    const std::scoped_lock guard(lock_);
    std::erase_if(all_, [](const auto& each) { return each.expired(); });
    all_.push_back(one);
  }
  std::shared_ptr<process_state> find(DWORD id) {
    std::vector<std::shared_ptr<process_state>>
        seen;  // the last of one of them may go only unlocked
    const std::scoped_lock guard(lock_);
    seen.reserve(all_.size());
    for (const auto& each : all_) {
      seen.push_back(each.lock());
      if (seen.back() != nullptr && seen.back()->id == id) return seen.back();
    }
    return nullptr;
  }

  void before_fork() { lock_.lock(); }
  void after_fork() { lock_.unlock(); }

 private:
  std::mutex lock_;
  std::vector<std::weak_ptr<process_state>> all_;
};

const at_fork watch_processes({[] { known_processes::own().before_fork(); },
                               [] { known_processes::own().after_fork(); },
                               [] { known_processes::own().after_fork(); }});

/// The process behind a real handle with one of these rights; nothing, and the last error.
process_state* process_of(const pin& found, DWORD one_of) noexcept {
  if (!found || found->kind != entry_kind::process)
    SetLastError(ERROR_INVALID_HANDLE);
  else if ((found->granted & one_of) == 0)
    SetLastError(ERROR_ACCESS_DENIED);
  else
    return static_cast<process_entry&>(*found).state.get();
  return nullptr;
}

}  // namespace

bool process_state::ended() noexcept {
  std::error_code ec;
  return !is_this() && one.wait_for(0s, ec) == wait_status::signaled;
}

bool process_state::exit_code(DWORD& code) noexcept {
  code = STILL_ACTIVE;
  if (!ended()) return true;
  const auto told = one.exit_code();
  const auto wanted = ordered.load();
  if (wanted >= 0 && told.value_or(killed) == killed)
    code = static_cast<DWORD>(wanted);
  else if (told)
    code = static_cast<DWORD>(*told);
  else
    return SetLastError(ERROR_NOT_SUPPORTED), false;
  return true;
}

std::shared_ptr<process_state> find_process(DWORD id, DWORD rights, std::error_code& ec) {
  auto known = known_processes::own().find(id);
  if (known != nullptr && !known->ended()) return known;
  // Whoever asks for its exit code has to see whether it has ended.
  const access wanted = access::wait | access_of(entry_kind::process, rights);
  process opened = process::open(id, wanted, ec);
  if (!ec) return std::make_shared<process_state>(std::move(opened));
  if (known != nullptr) ec.clear();  // it has ended, but there are handles to it
  return known;
}

std::shared_ptr<process_state> started_process(process one) {
  auto state = std::make_shared<process_state>(std::move(one));
  known_processes::own().add(state);
  return state;
}

std::unique_ptr<entry> process_entry::copy(DWORD rights, std::error_code& ec) const {
  // What has fewer rights than that was opened with fewer.
  const access wanted = access_of(entry_kind::process, rights);
  if (includes(state->one.access(), wanted)) return std::make_unique<process_entry>(state, rights);
  auto wider = find_process(state->id, rights, ec);
  return wider != nullptr ? std::make_unique<process_entry>(std::move(wider), rights) : nullptr;
}

std::unique_ptr<entry> first_thread::copy(DWORD rights, std::error_code& /*ec*/) const {
  return std::make_unique<first_thread>(state, rights);
}

bool is_first_thread_of(const entry& thread, const entry& of_process) noexcept {
  const auto* const first = dynamic_cast<const first_thread*>(&thread);
  process_state& owner = *static_cast<const process_entry&>(of_process).state;
  if (first == nullptr || first->state->id != owner.id) return false;
  // A process that runs has its number alone. One that has ended may have had it before another.
  return first->state.get() == &owner || !owner.ended() || first->state->ended();
}

DWORD check_this_process(HANDLE handle) noexcept {
  if (is_this_process(handle)) return ERROR_SUCCESS;
  const pin found(handle);
  if (!found || found->kind != entry_kind::process) return ERROR_INVALID_HANDLE;
  if (!found->may(PROCESS_DUP_HANDLE)) return ERROR_ACCESS_DENIED;
  return static_cast<process_entry&>(*found).state->is_this() ? ERROR_SUCCESS : ERROR_NOT_SUPPORTED;
}

std::unique_ptr<entry> this_process_entry(DWORD rights, std::error_code& ec) {
  auto state = find_process(GetCurrentProcessId(), PROCESS_ALL_ACCESS, ec);
  return state != nullptr ? std::make_unique<process_entry>(std::move(state), rights) : nullptr;
}

}  // namespace isthmus::veneer

using namespace isthmus::veneer;
using isthmus::errc;

HANDLE OpenProcess(DWORD rights, BOOL inheritable, DWORD id) {
  return guarded([&]() -> HANDLE {
    DWORD granted = 0;
    if (id == 0) return no_handle(ERROR_INVALID_PARAMETER);
    // As with names, there must be such a process before its rights count.
    const DWORD refused = resolve_rights(rights, rights_of(entry_kind::process), granted);
    std::error_code ec;
    auto state = find_process(id, refused != ERROR_SUCCESS ? SYNCHRONIZE : granted, ec);
    if (ec) return no_handle(number_of(ec, {{errc::not_found, ERROR_INVALID_PARAMETER}}));
    if (refused != ERROR_SUCCESS) return no_handle(refused);
    return insert(std::make_unique<process_entry>(std::move(state), granted),
                  inheritable != FALSE ? HANDLE_FLAG_INHERIT : 0);
  });
}

BOOL GetExitCodeProcess(HANDLE handle, LPDWORD code) {
  DWORD known = STILL_ACTIVE;
  if (!is_this_process(handle)) {
    const pin found(handle);
    process_state* const one = process_of(found, to_query_process);
    if (one == nullptr || !one->exit_code(known)) return FALSE;
  }
  *code = known;
  return TRUE;
}

BOOL TerminateProcess(HANDLE handle, UINT code) {
  if (is_this_process(handle)) isthmus::process::exit_at_once(static_cast<std::int32_t>(code));
  const pin found(handle);
  process_state* const one = process_of(found, PROCESS_TERMINATE);
  if (one == nullptr) return FALSE;
  if (one->is_this()) isthmus::process::exit_at_once(static_cast<std::int32_t>(code));
  if (one->ended()) return fail(ERROR_ACCESS_DENIED);
  std::int64_t nothing = -1;
  const bool first = one->ordered.compare_exchange_strong(nothing, code);
  std::error_code ec;
  one->one.terminate(ec);
  if (ec && first) one->ordered = -1;
  return done(ec);
}

VOID ExitProcess(UINT code) { std::exit(static_cast<int>(code)); }

DWORD GetProcessId(HANDLE handle) {
  if (is_this_process(handle)) return GetCurrentProcessId();
  const pin found(handle);
  const process_state* const one = process_of(found, to_query_process);
  return one != nullptr ? one->id : 0;
}
