// SPDX-License-Identifier: MIT
//
// The clock, sleeping, lengths of texts: what standard C++ has.
#include <isthmus/win32.h>

#include <chrono>
#include <string_view>
#include <thread>

using namespace std::chrono;

namespace {

template <class Period>
auto steady_now() noexcept {
  return duration_cast<duration<LONGLONG, Period>>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

DWORD SleepEx(DWORD time, BOOL /*alertable*/) {
  if (time == 0)
    std::this_thread::yield();
  else if (time != INFINITE)
    std::this_thread::sleep_for(milliseconds(time));
  else
    for (;;) std::this_thread::sleep_for(hours(1));
  return 0;
}

VOID Sleep(DWORD time) { SleepEx(time, FALSE); }

BOOL SwitchToThread() {
  std::this_thread::yield();
  return TRUE;
}

DWORD GetTickCount() { return static_cast<DWORD>(steady_now<std::milli>()); }
ULONGLONG GetTickCount64() { return static_cast<ULONGLONG>(steady_now<std::milli>()); }

BOOL QueryPerformanceCounter(PLARGE_INTEGER count) {
  count->QuadPart = steady_now<std::nano>();
  return TRUE;
}

BOOL QueryPerformanceFrequency(PLARGE_INTEGER frequency) {
  frequency->QuadPart = std::nano::den;
  return TRUE;
}

VOID GetSystemTimeAsFileTime(LPFILETIME time) {
  using steps = duration<std::int64_t, std::ratio<1, 10'000'000>>;
  constexpr steps from_1601_to_1970 = seconds(11'644'473'600);
  const auto now = duration_cast<steps>(system_clock::now().time_since_epoch()) + from_1601_to_1970;
  const auto value = static_cast<std::uint64_t>(now.count());
  time->dwLowDateTime = static_cast<DWORD>(value);
  time->dwHighDateTime = static_cast<DWORD>(value >> 32);
}

int lstrlenA(LPCSTR text) {
  return text != nullptr ? static_cast<int>(std::string_view(text).size()) : 0;
}
int lstrlenW(LPCWSTR text) {
  return text != nullptr ? static_cast<int>(std::u16string_view(text).size()) : 0;
}
