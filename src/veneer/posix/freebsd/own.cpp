// SPDX-License-Identifier: MIT
//
// By the manual pages pthread_getthreadid_np(3) and sysctl(3).
#include "../own.hpp"

#include <sys/types.h>

#include <sys/sysctl.h>

#include <pthread_np.h>

#include <array>
#include <cerrno>
#include <sstream>

namespace isthmus::veneer {
namespace {

std::string asked(int what) {
  std::array<int, 4> name{CTL_KERN, KERN_PROC, what, -1};
  std::size_t size = 0;
  if (::sysctl(name.data(), name.size(), nullptr, &size, nullptr, 0) != 0) return {};
  std::string text(size, '\0');
  if (::sysctl(name.data(), name.size(), text.data(), &size, nullptr, 0) != 0) return {};
  text.resize(size);
  return text;
}

}  // namespace

DWORD own_thread_id() noexcept { return static_cast<DWORD>(::pthread_getthreadid_np()); }

std::string own_program() {
  return asked(KERN_PROC_PATHNAME).c_str();  // without the zero at its end
}

std::vector<std::string> own_arguments() {
  std::istringstream text(asked(KERN_PROC_ARGS));
  std::vector<std::string> all;
  for (std::string one; std::getline(text, one, '\0');) all.push_back(one);
  return all;
}

bool join_until(pthread_t thread, const timespec& until) noexcept {
  return ::pthread_timedjoin_np(thread, nullptr, &until) != ETIMEDOUT;
}

}  // namespace isthmus::veneer
