// SPDX-License-Identifier: MIT
//
// The system tells every process of a console by itself, so there is nothing to forward.
#include "../signals.hpp"

#include "../exit_code.hpp"

#include <windows.h>

#include <atomic>
#include <system_error>

namespace tool {
namespace {

std::atomic<std::uint32_t> child = 0;
std::atomic<isthmus::event*> end = nullptr;

BOOL WINAPI on_control(DWORD) {
  isthmus::event* const told = end;
  if (told == nullptr) return FALSE;
  std::error_code ignored;
  if (child == 0) told->set(ignored);
  return TRUE;
}

}  // namespace

signal_relay::signal_relay()
    : told_to_end_(isthmus::event::create({.mode = isthmus::reset_mode::manual})) {
  child = 0;
  end = &told_to_end_;
  ::SetConsoleCtrlHandler(on_control, TRUE);
}

signal_relay::~signal_relay() {
  ::SetConsoleCtrlHandler(on_control, FALSE);
  end = nullptr;
}

int signal_relay::exit_code() const noexcept { return by_signal + 2; }  // as for an interrupt

void signal_relay::forward_to(std::uint32_t process) noexcept { child = process; }

}  // namespace tool
