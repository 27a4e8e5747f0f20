// SPDX-License-Identifier: MIT
#include "win32/ntdll.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace isthmus::detail {
namespace {

using status = LONG;  // NTSTATUS: negative is an error, positive a remark

struct basic_section {  // SECTION_BASIC_INFORMATION
  void* base;
  ULONG attributes;
  LARGE_INTEGER size;
};

struct basic_object {  // PUBLIC_OBJECT_BASIC_INFORMATION; the size is checked
  ULONG attributes;
  ACCESS_MASK granted;
  ULONG handles;
  std::array<ULONG, 11> rest;
};
static_assert(sizeof(basic_object) == 56);

struct basic_timer {  // TIMER_BASIC_INFORMATION; the size is checked
  LARGE_INTEGER left;
  BOOLEAN set;
};

struct basic_mutex {  // MUTANT_BASIC_INFORMATION; the size is checked
  LONG count;
  BOOLEAN owned;  // by the calling thread
  BOOLEAN abandoned;
};

struct type_of_object {  // PUBLIC_OBJECT_TYPE_INFORMATION, and behind it its text
  USHORT length;         // in bytes
  USHORT capacity;
  const wchar_t* text;
  std::array<std::byte, 480> rest;
};

/// The section attributes that interest us. Not all headers have both.
constexpr ULONG of_file = 0x800000;
constexpr ULONG of_reserve = 0x4000000;

// Not as arguments of a template, where gcc would lose the calling convention.
using query_section_call = status(NTAPI*)(HANDLE, int, void*, SIZE_T, SIZE_T*);
using query_object_call = status(NTAPI*)(HANDLE, int, void*, ULONG, ULONG*);
using release_call = status(NTAPI*)(HANDLE, LONG*);
using compare_call = status(NTAPI*)(HANDLE, HANDLE);
using query_timer_call = status(NTAPI*)(HANDLE, int, void*, ULONG, ULONG*);
using query_mutex_call = status(NTAPI*)(HANDLE, int, void*, ULONG, ULONG*);
using number_call = ULONG(NTAPI*)(status);

status query_object(HANDLE handle, int what, void* result, ULONG size) noexcept {
  static const auto query = reinterpret_cast<query_object_call>(ntdll_function("NtQueryObject"));
  ULONG used = 0;
  return query(handle, what, result, size, &used);
}

}  // namespace

void* ntdll_function(const char* name) noexcept {
  // ntdll is part of every process, and never goes.
  return reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(L"ntdll.dll"), name));
}

std::optional<section_facts> query_section(HANDLE section) noexcept {
  static const auto query = reinterpret_cast<query_section_call>(ntdll_function("NtQuerySection"));
  basic_section facts = {};
  if (query(section, 0, &facts, sizeof facts, nullptr) < 0) return std::nullopt;
  return section_facts{static_cast<std::uint64_t>(facts.size.QuadPart),
                       (facts.attributes & of_file) != 0, (facts.attributes & of_reserve) != 0};
}

DWORD granted_access(HANDLE handle) noexcept {
  basic_object facts = {};
  return query_object(handle, 0, &facts, sizeof facts) < 0 ? 0 : facts.granted;
}

std::uint32_t handles_to(HANDLE handle) noexcept {
  basic_object facts = {};
  return query_object(handle, 0, &facts, sizeof facts) < 0 ? 0 : facts.handles;
}

bool is_only_handle(HANDLE handle) noexcept { return handles_to(handle) == 1; }

bool check_kind(HANDLE handle, std::wstring_view kind, failure& why) {
  type_of_object type = {};
  if (handle == nullptr || handle == INVALID_HANDLE_VALUE ||
      query_object(handle, 2, &type, sizeof type) < 0) {
    why.set(errc::invalid_argument, "not a handle");
    return false;
  }
  if (std::wstring_view(type.text, type.length / sizeof(wchar_t)) == kind) return true;
  why.set(errc::wrong_kind, "the handle is of another kind");
  return false;
}

bool same_object(HANDLE a, HANDLE b) noexcept {
  static const auto compare = reinterpret_cast<compare_call>(ntdll_function("NtCompareObjects"));
  return a == b || (compare != nullptr && compare(a, b) == 0);
}

bool is_timer_set(HANDLE timer) noexcept {
  static const auto query = reinterpret_cast<query_timer_call>(ntdll_function("NtQueryTimer"));
  basic_timer facts = {};
  return query(timer, 0, &facts, sizeof facts, nullptr) >= 0 && facts.set != FALSE;
}

std::optional<bool> is_mutex_owned(HANDLE mutex) noexcept {
  static const auto query = reinterpret_cast<query_mutex_call>(ntdll_function("NtQueryMutant"));
  basic_mutex facts = {};
  if (query(mutex, 0, &facts, sizeof facts, nullptr) < 0) return std::nullopt;
  return facts.owned != FALSE;
}

int release_mutex(HANDLE mutex) noexcept {
  static const auto release = reinterpret_cast<release_call>(ntdll_function("NtReleaseMutant"));
  static const auto number_of =
      reinterpret_cast<number_call>(ntdll_function("RtlNtStatusToDosError"));
  const status result = release(mutex, nullptr);
  if (result == 0) [[likely]]
    return 0;
  return result > 0 ? ERROR_NOT_OWNER : static_cast<int>(number_of(result));
}

}  // namespace isthmus::detail
