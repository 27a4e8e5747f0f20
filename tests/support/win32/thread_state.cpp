// SPDX-License-Identifier: MIT
//
// Windows tells the states of all threads. Wine does not; but what runs below it is a thread of the
// system that Wine runs on, and where that is Linux, /proc says what it does.
#include "support/thread_state.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <windows.h>

#include <winternl.h>

namespace support {
namespace {

template <class Function>
Function* in_ntdll(const char* name) {
  const auto address = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name);
  return reinterpret_cast<Function*>(reinterpret_cast<void*>(address));
}

using wine_version_function = const char*();
using query_function = LONG WINAPI(int, void*, ULONG, ULONG*);

/// Wine's major version; 0 on Windows.
int wine_version() noexcept {
  static const int version = [] {
    auto* const call = in_ntdll<wine_version_function>("wine_get_version");
    return call == nullptr ? 0 : std::atoi(call());
  }();
  return version;
}

#if defined(__GNUC__) && defined(__x86_64__)
/// A call of Linux below Wine, without arguments.
std::uint32_t linux_call(long number) noexcept {
  long result = number;
  asm volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
  return static_cast<std::uint32_t>(result);
}
/// Later versions may take such a call for one of Windows.
bool has_linux_calls() noexcept { return wine_version() > 0 && wine_version() < 10; }
#else
std::uint32_t linux_call(long) noexcept { return 0; }
bool has_linux_calls() noexcept { return false; }
#endif

thread_state state_below_wine(thread_number number) {
  if (number.thread == 0) return thread_state::unknown;
  const auto path = "\\\\?\\unix/proc/" + std::to_string(number.process) + "/task/" +
                    std::to_string(number.thread) + "/syscall";
  const HANDLE file =
      CreateFileA(path.c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) return thread_state::unknown;
  char text[200] = {};
  DWORD size = 0;
  const bool read = ReadFile(file, text, sizeof text - 1, &size, nullptr) != FALSE;
  CloseHandle(file);
  if (!read || size == 0) return thread_state::unknown;
  long call = -1;
  unsigned long long arguments[3] = {};
  if (std::sscanf(text, "%ld %llx %llx %llx", &call, &arguments[0], &arguments[1], &arguments[2]) !=
      4)
    return thread_state::busy;
  // Who waits for an object reads 16 bytes, which the server writes when the wait is over. Who
  // waits for the server's answer to a call reads more.
  return call == 0 && arguments[2] == 16 ? thread_state::waits : thread_state::busy;
}

/// The kernel's KTHREAD_STATE and KWAIT_REASON, which have these numbers in every version.
thread_state state_of(const SYSTEM_THREAD_INFORMATION& thread) noexcept {
  constexpr ULONG waiting = 5;
  constexpr ULONG executive = 0, user_request = 6, other_executive = 7, other_user_request = 13;
  if (thread.ThreadState != waiting) return thread_state::busy;
  switch (thread.WaitReason) {
    case executive:
    case user_request:
    case other_executive:
    case other_user_request:
      return thread_state::waits;
    default:
      return thread_state::busy;
  }
}

std::uint32_t number_of(HANDLE id) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(id));
}

}  // namespace

thread_number this_thread() noexcept {
  constexpr long linux_getpid = 39, linux_gettid = 186;
  if (has_linux_calls()) return {linux_call(linux_getpid), linux_call(linux_gettid)};
  if (wine_version() > 0) return {};
  return {GetCurrentProcessId(), GetCurrentThreadId()};
}

thread_state state_of(thread_number number) {
  if (wine_version() > 0) return state_below_wine(number);
  constexpr int process_information = 5;
  static auto* const query = in_ntdll<query_function>("NtQuerySystemInformation");
  std::vector<std::byte> all(std::size_t{1} << 20);
  ULONG size = 0;
  while (query(process_information, all.data(), static_cast<ULONG>(all.size()), &size) < 0) {
    if (all.size() > std::size_t{1} << 28) return thread_state::unknown;
    all.resize(2 * all.size());
  }
  for (std::size_t at = 0;;) {
    const auto& process = *reinterpret_cast<const SYSTEM_PROCESS_INFORMATION*>(all.data() + at);
    const auto* const threads = reinterpret_cast<const SYSTEM_THREAD_INFORMATION*>(&process + 1);
    for (ULONG i = 0; i < process.NumberOfThreads; ++i) {
      if (number_of(process.UniqueProcessId) == number.process &&
          number_of(threads[i].ClientId.UniqueThread) == number.thread)
        return state_of(threads[i]);
    }
    if (process.NextEntryOffset == 0) return thread_state::unknown;
    at += process.NextEntryOffset;
  }
}

}  // namespace support
