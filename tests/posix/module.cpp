// SPDX-License-Identifier: MIT
//
// A module with a copy of the library of its own, which shows nothing of it.
#include <isthmus/clean.hpp>
#include <isthmus/mutex.hpp>

#include <system_error>

namespace {

isthmus::mutex held;

}  // namespace

extern "C" {

/// 0, or what went wrong.
__attribute__((visibility("default"))) int module_open(const char* name) {
  std::error_code ec;
  held = isthmus::mutex::open_or_create({.name = name}, ec);
  return ec ? 1 : 0;
}

/// 0 signaled, 1 abandoned, 2 busy, 3 an error.
__attribute__((visibility("default"))) int module_try_lock() {
  std::error_code ec;
  if (!held.try_lock(ec)) return ec ? 3 : 2;
  return held.abandoned() ? 1 : 0;
}

__attribute__((visibility("default"))) int module_unlock() {
  std::error_code ec;
  held.unlock(ec);
  return ec ? 1 : 0;
}

__attribute__((visibility("default"))) int module_clean() {
  std::error_code ec;
  (void)isthmus::clean(isthmus::scope::session, ec);
  return ec ? 1 : 0;
}

__attribute__((visibility("default"))) int module_close() {
  std::error_code ec;
  held.close(ec);
  return ec ? 1 : 0;
}
}
