// SPDX-License-Identifier: MIT
//
// A pipe takes the byte, and gives it back: as on Win32, what another thread writes there between
// the two may be lost. Where there is no descriptor for a pipe, nothing is found to be bad.
#include "../../pages.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace isthmus::veneer {
namespace {

class probe {
 public:
  probe() noexcept {
    if (::pipe(ends_.data()) != 0) return;
    for (const int end : ends_) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  probe(const probe&) = delete;
  probe& operator=(const probe&) = delete;
  ~probe() {
    for (const int end : ends_)
      if (end != -1) ::close(end);
    errno = before_;
  }

  [[nodiscard]] bool take(const void* from) const noexcept {
    return ends_[1] == -1 || ::write(ends_[1], from, 1) == 1 || errno != EFAULT;
  }
  [[nodiscard]] bool give_back(void* to) const noexcept {
    return ends_[0] == -1 || ::read(ends_[0], to, 1) == 1 || errno != EFAULT;
  }

 private:
  int before_ = errno;
  std::array<int, 2> ends_{-1, -1};
};

}  // namespace

bool can_read(const void* address) noexcept { return probe().take(address); }

bool can_write(const void* address) noexcept {
  const probe by;
  return by.take(address) && by.give_back(const_cast<void*>(address));
}

}  // namespace isthmus::veneer
