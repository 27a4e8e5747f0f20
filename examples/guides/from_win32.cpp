// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <chrono>

void guides::from_win32() {
  // [port]
  using namespace std::chrono_literals;
  // HANDLE section = CreateFileMapping(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, name);
  auto section = isthmus::section::open_or_create({.name = "orders", .size = 4096});
  // bool is_new = GetLastError() != ERROR_ALREADY_EXISTS;
  bool is_new = section.created();
  // void* bytes = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
  auto view = isthmus::view::map(section);
  // HANDLE ready = CreateEvent(NULL, TRUE, FALSE, L"ready");
  auto ready =
      isthmus::event::open_or_create({.name = "ready", .mode = isthmus::reset_mode::manual});
  // SetEvent(ready);
  ready.set();
  // HANDLE both[] = {ready, guard};
  // DWORD result = WaitForMultipleObjects(2, both, FALSE, 1000);
  auto guard = isthmus::mutex::create();
  auto result = isthmus::wait_any_for({ready, guard}, 1s);
  // UnmapViewOfFile, CloseHandle: at the end of the scope
  // [end]
  expect(is_new && view && result.index == 0, "the ported code works");
}
