// SPDX-License-Identifier: MIT
#include "posix/system/wipe.hpp"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

namespace isthmus::detail {

void* make_wiped_page() noexcept {
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const page =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (::madvise(page, size, MADV_WIPEONFORK) == 0) return page;
  ::munmap(page, size);
  return nullptr;
}

// C libraries before glibc 2.25 remember the number, and a raw clone does not tell them.
pid_t ask_process_number() noexcept { return static_cast<pid_t>(::syscall(SYS_getpid)); }

}  // namespace isthmus::detail
