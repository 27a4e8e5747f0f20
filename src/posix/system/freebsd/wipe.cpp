// SPDX-License-Identifier: MIT
//
// By the manual page minherit(2) of FreeBSD 12.
#include "posix/system/wipe.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace isthmus::detail {

void* make_wiped_page() noexcept {
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (::minherit(page, size, INHERIT_ZERO) == 0) return page;
  ::munmap(page, size);
  return nullptr;
}

pid_t ask_process_number() noexcept { return ::getpid(); }

}  // namespace isthmus::detail
