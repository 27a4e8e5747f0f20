// SPDX-License-Identifier: MIT
//
// The names are read from the scope's directory, which makes no handle to any object. The state is
// had through a handle with the right to ask and no other, for as long as it takes.
#include "inspect.hpp"

#include "win32/nt_objects.hpp"
#include "win32/ntdll.hpp"
#include "win32/object.hpp"
#include "win32/security.hpp"
#include "win32/text.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace isthmus::detail {
namespace {

using open_call = HANDLE(WINAPI*)(DWORD, BOOL, LPCWSTR);

struct listed_kind {
  object_kind kind;
  std::wstring_view type;
  open_call open;
};

constexpr DWORD query_right = 1;  // of all five kinds, each under a name of its own

const std::array<listed_kind, 5>& known_kinds() noexcept {
  static const std::array<listed_kind, 5> kinds{{
      {object_kind::section, L"Section", ::OpenFileMappingW},
      {object_kind::mutex, L"Mutant", ::OpenMutexW},
      {object_kind::semaphore, L"Semaphore", ::OpenSemaphoreW},
      {object_kind::event, L"Event", ::OpenEventW},
      {object_kind::timer, L"Timer", ::OpenWaitableTimerW},
  }};
  return kinds;
}

const listed_kind* facts_of(const directory_entry& entry) noexcept {
  // The names of listeners begin with half a surrogate pair (meeting.cpp).
  if (entry.name.empty() || (entry.name.front() & 0xF800) == 0xD800) return nullptr;
  for (const listed_kind& each : known_kinds())
    if (each.type == entry.type) return &each;
  return nullptr;
}

/// Absent where the object has gone meanwhile.
std::optional<object_report> look_at_entry(const directory_entry& entry, const listed_kind& facts,
                                           scope where) {
  object_report report;
  report.kind = facts.kind;
  report.name = narrow(entry.name);
  report.scope = where;
  const std::wstring full = (where == scope::global ? LR"(Global\)" : LR"(Local\)") + entry.name;
  const auto opened = obtain(query_right, READ_CONTROL,
                             [&](DWORD rights) { return facts.open(rights, FALSE, full.c_str()); });
  if (!opened.handle && opened.error == ERROR_FILE_NOT_FOUND) return std::nullopt;
  if (!opened.handle) {
    failure why;
    why.set_native(opened.error);
    report.problem = why.code.message();
    return report;
  }
  const HANDLE object = opened.handle.get();
  report.state = query_state(facts.kind, object);
  if (const auto all = handles_to(object); all > 1) report.handles = all - 1;
  report.permissions = permissions_of(object);
  failure none;
  if (auto owner = owner_of(object, none); !none)
    report.creator = creator_info{std::move(owner), std::nullopt};
  return report;
}

std::vector<directory_entry> entries_of(scope where, failure& why) {
  int error = 0;
  auto entries = list_directory(names_directory(where), error);
  if (error != 0) why.set_native(error);
  return entries;
}

place_report place_of_scope(scope where) {
  failure why;
  (void)entries_of(where, why);
  return {narrow(names_directory(where)), why ? why.code.message() : std::string()};
}

}  // namespace

std::vector<object_report> inspect_scope(scope where, failure& why) {
  std::vector<object_report> reports;
  for (const directory_entry& entry : entries_of(where, why)) {
    const listed_kind* const facts = facts_of(entry);
    if (facts == nullptr) continue;
    if (auto report = look_at_entry(entry, *facts, where)) reports.push_back(*std::move(report));
  }
  return reports;
}

object_report inspect_name(const parsed_name& name, failure& why) {
  const std::wstring wanted = widen(name.text, why);
  if (why) return {};
  for (const directory_entry& entry : entries_of(name.where, why)) {
    const listed_kind* const facts = entry.name == wanted ? facts_of(entry) : nullptr;
    if (facts == nullptr) continue;
    if (auto report = look_at_entry(entry, *facts, name.where)) return *std::move(report);
  }
  if (!why) why.set(errc::not_found, "there is no object of this name");
  return {};
}

system_report inspect_backend() {
  return {"win32", "kernel", "kernel", place_of_scope(scope::session),
          place_of_scope(scope::global)};
}

}  // namespace isthmus::detail
