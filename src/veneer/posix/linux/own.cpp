// SPDX-License-Identifier: MIT
#include "../own.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace isthmus::veneer {

DWORD own_thread_id() noexcept { return static_cast<DWORD>(::gettid()); }

std::string own_program() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/exe", ignored).native();
}

std::vector<std::string> own_arguments() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> all;
  for (std::string one; std::getline(file, one, '\0');) all.push_back(one);
  return all;
}

bool join_until(pthread_t thread, const timespec& until) noexcept {
  return ::pthread_timedjoin_np(thread, nullptr, &until) != ETIMEDOUT;
}

}  // namespace isthmus::veneer
