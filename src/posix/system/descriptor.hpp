// SPDX-License-Identifier: MIT
//
// A descriptor that closes itself. It never has the number of a standard stream: in a program that
// was started with one of these closed, what is printed would land in an object.
#pragma once

#include <unistd.h>

#include <utility>

namespace isthmus::detail {

class descriptor {
 public:
  descriptor() noexcept = default;
  explicit descriptor(int fd) noexcept
      : fd_(fd >= 0 && fd <= STDERR_FILENO ? above_standard(fd) : fd) {}
  /// One that a caller gives us, under the number that it has there.
  static descriptor adopt(int fd) noexcept {
    descriptor adopted;
    adopted.fd_ = fd;
    return adopted;
  }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  /// A copy, close-on-exec, in its place; -1 and errno where there is no room for one.
  static int above_standard(int fd) noexcept;

  int fd_ = -1;
};

}  // namespace isthmus::detail
