// SPDX-License-Identifier: MIT
#include "../own.hpp"

#include <pthread.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace isthmus::veneer {

DWORD own_thread_id() noexcept { return static_cast<DWORD>(::gettid()); }

std::string own_program() {
  std::error_code error;
  auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) return program.native();
  // Without /proc: as it was called when it was started.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the auxiliary vector has numbers
  const auto* const called = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  return called != nullptr ? std::filesystem::absolute(called, error).native() : std::string();
}

std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> all;
  for (std::string one; std::getline(file, one, '\0');) all.push_back(one);
  if (all.empty()) all.emplace_back(program_invocation_name);  // without /proc no more is known
  return all;
}

bool join_until(pthread_t thread, const timespec& until) noexcept {
  return ::pthread_timedjoin_np(thread, nullptr, &until) != ETIMEDOUT;
}

}  // namespace isthmus::veneer
