// SPDX-License-Identifier: MIT
//
// By the manual pages dyld(3) and pthread_threadid_np(3), and crt_externs.h.
#include "../own.hpp"

#include <crt_externs.h>
#include <mach-o/dyld.h>
#include <pthread.h>

#include <cstdint>

namespace isthmus::veneer {

/// The system's numbers have 64 bits, and count up from its start.
DWORD own_thread_id() noexcept {
  std::uint64_t id = 0;
  ::pthread_threadid_np(nullptr, &id);
  return static_cast<DWORD>(id);
}

std::string own_program() {
  std::uint32_t size = 0;
  ::_NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (::_NSGetExecutablePath(path.data(), &size) != 0) return {};
  return path.c_str();  // without the zeros at its end
}

std::vector<std::string> own_arguments() {
  char** const values = *::_NSGetArgv();
  return {values, values + *::_NSGetArgc()};
}

bool join_until(pthread_t thread, const timespec& /*until*/) noexcept {
  ::pthread_join(thread, nullptr);
  return true;
}

}  // namespace isthmus::veneer
