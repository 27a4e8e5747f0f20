// SPDX-License-Identifier: MIT
#include "win32/nt_objects.hpp"

#include "win32/ntdll.hpp"
#include "win32/text.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace isthmus::detail {
namespace {

using status = LONG;  // NTSTATUS

struct text {         // UNICODE_STRING
  USHORT length = 0;  // in bytes
  USHORT capacity = 0;
  const wchar_t* units = nullptr;
};

struct attributes {  // OBJECT_ATTRIBUTES
  ULONG size = sizeof(attributes);
  HANDLE root = nullptr;
  const text* name = nullptr;
  ULONG flags = 0;
  void* security = nullptr;
  void* quality = nullptr;
};

struct named_type {  // OBJECT_DIRECTORY_INFORMATION
  text name;
  text type;
};

struct mutant_state {  // MUTANT_BASIC_INFORMATION
  LONG count = 1;
  BOOLEAN owned_here = FALSE;
  BOOLEAN abandoned = FALSE;
};
struct client {  // CLIENT_ID
  HANDLE process = nullptr;
  HANDLE thread = nullptr;
};
struct counted_state {  // SEMAPHORE_BASIC_INFORMATION
  LONG count = 0;
  LONG maximum = 0;
};
struct event_state {  // EVENT_BASIC_INFORMATION
  LONG type = 0;      // 0: manual
  LONG state = 0;
};
struct timer_state {  // TIMER_BASIC_INFORMATION
  LARGE_INTEGER left = {};
  BOOLEAN set = FALSE;
};

using open_directory_call = status(NTAPI*)(HANDLE*, ACCESS_MASK, const attributes*);
using query_directory_call = status(NTAPI*)(HANDLE, void*, ULONG, BOOLEAN, BOOLEAN, ULONG*, ULONG*);
using query_call = status(NTAPI*)(HANDLE, int, void*, ULONG, ULONG*);
using number_call = ULONG(NTAPI*)(status);

constexpr ACCESS_MASK directory_query = 1;
constexpr status no_more = static_cast<status>(0x8000001A);

std::wstring string_of(const text& from) { return {from.units, from.length / sizeof(wchar_t)}; }

template <class State>
std::optional<State> ask(query_call query, HANDLE object, int what) noexcept {
  State state{};
  if (query == nullptr || query(object, what, &state, sizeof state, nullptr) < 0)
    return std::nullopt;
  return state;
}

std::uint32_t number_of(HANDLE id) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(id));
}

std::string program_of(std::uint32_t id) {
  const unique_handle process(::OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, id));
  std::array<wchar_t, 1024> path{};
  DWORD length = path.size();
  if (!process || !::QueryFullProcessImageNameW(process.get(), 0, path.data(), &length)) return {};
  const std::wstring_view all(path.data(), length);
  return narrow(all.substr(all.rfind(L'\\') + 1));  // npos + 1 is 0
}

std::optional<mutex_report> mutex_state(HANDLE object) {
  static const auto query = reinterpret_cast<query_call>(ntdll_function("NtQueryMutant"));
  const auto seen = ask<mutant_state>(query, object, 0);
  if (!seen) return std::nullopt;
  mutex_report report;
  report.use = seen->count < 1   ? mutex_use::owned
               : seen->abandoned ? mutex_use::abandoned
                                 : mutex_use::free;
  if (report.use != mutex_use::owned) return report;
  report.depth = static_cast<std::uint32_t>(1 - std::int64_t{seen->count});
  if (const auto owner = ask<client>(query, object, 1); owner && owner->process != nullptr) {
    report.owner = process_note{number_of(owner->process), program_of(number_of(owner->process))};
    report.thread = number_of(owner->thread);
  }
  return report;
}

std::optional<timer_report> timer_state_of(HANDLE object) {
  static const auto query = reinterpret_cast<query_call>(ntdll_function("NtQueryTimer"));
  const auto seen = ask<timer_state>(query, object, 0);
  if (!seen) return std::nullopt;
  timer_report report;
  report.set = seen->set != FALSE;
  // In units of 100 ns. Of a timer that is not armed it is in the past, or beyond all time.
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 100;
  report.armed = seen->left.QuadPart > 0 && seen->left.QuadPart < most;
  if (report.armed) report.due_in = std::chrono::nanoseconds(seen->left.QuadPart * 100);
  return report;
}

}  // namespace

std::wstring names_directory(scope where) {
  DWORD session = 0;
  const bool known = ::ProcessIdToSessionId(::GetCurrentProcessId(), &session) != 0;
  if (where == scope::global || !known || session == 0) return LR"(\BaseNamedObjects)";
  return LR"(\Sessions\)" + std::to_wstring(session) + LR"(\BaseNamedObjects)";
}

std::vector<directory_entry> list_directory(const std::wstring& path, int& error) {
  static const auto open =
      reinterpret_cast<open_directory_call>(ntdll_function("NtOpenDirectoryObject"));
  static const auto query =
      reinterpret_cast<query_directory_call>(ntdll_function("NtQueryDirectoryObject"));
  static const auto number = reinterpret_cast<number_call>(ntdll_function("RtlNtStatusToDosError"));
  const auto length = static_cast<USHORT>(path.size() * sizeof(wchar_t));
  const text name{length, length, path.c_str()};
  attributes what;
  what.name = &name;
  HANDLE opened = nullptr;
  std::vector<directory_entry> entries;
  status result = open(&opened, directory_query, &what);
  const unique_handle directory(opened);
  error = result < 0 ? static_cast<int>(number(result)) : 0;
  if (error != 0) return entries;
  // A name may have nearly 64 KiB, and its type comes with it.
  std::vector<std::byte> buffer(std::size_t{72} * 1024);
  ULONG place = 0;
  while ((result = query(directory.get(), buffer.data(), buffer.size(), TRUE, FALSE, &place,
                         nullptr)) >= 0) {
    const auto& entry = *static_cast<const named_type*>(static_cast<void*>(buffer.data()));
    entries.push_back({string_of(entry.name), string_of(entry.type)});
  }
  if (result != no_more) error = static_cast<int>(number(result));
  return entries;
}

decltype(object_report::state) query_state(object_kind of, HANDLE object) {
  static const auto query_semaphore =
      reinterpret_cast<query_call>(ntdll_function("NtQuerySemaphore"));
  static const auto query_event = reinterpret_cast<query_call>(ntdll_function("NtQueryEvent"));
  switch (of) {
    case object_kind::section:
      if (const auto seen = query_section(object))
        return section_report{seen->size, seen->reserve, seen->file, {}};
      break;
    case object_kind::mutex:
      if (const auto seen = mutex_state(object)) return *seen;
      break;
    case object_kind::semaphore:
      if (const auto seen = ask<counted_state>(query_semaphore, object, 0))
        return semaphore_report{seen->count, seen->maximum};
      break;
    case object_kind::event:
      if (const auto seen = ask<event_state>(query_event, object, 0))
        return event_report{seen->state != 0,
                            seen->type == 0 ? reset_mode::manual : reset_mode::automatic};
      break;
    case object_kind::timer:
      if (const auto seen = timer_state_of(object)) return *seen;
      break;
    case object_kind::none:
      break;
  }
  return {};
}

}  // namespace isthmus::detail
