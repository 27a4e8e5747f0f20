// SPDX-License-Identifier: MIT
#include "pipe_end.hpp"

#include "posix/system/fail_with.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/retry.hpp"

#include <pthread.h>
#include <unistd.h>

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <limits>

namespace isthmus::detail {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// Whether the pipe has something for us before the limit passes.
class patient {
 public:
  patient(int pipe, short what, nanoseconds limit) noexcept
      : entry_{pipe, what, 0}, endless_(limit == limit.max()), end_(steady_clock::now()) {
    if (limit < steady_clock::time_point::max() - end_)
      end_ += limit;
    else
      endless_ = true;
  }
  [[nodiscard]] bool ready(failure& why) {
    const int count = retry([&] { return ::poll(&entry_, 1, left()); });
    if (count < 0) fail_with(errno, why);
    return count > 0;
  }

 private:
  [[nodiscard]] int left() const noexcept {
    if (endless_) return -1;
    const auto now = steady_clock::now();
    if (now >= end_) return 0;
    const auto most = std::chrono::milliseconds(INT_MAX);
    return static_cast<int>(
        std::min(std::chrono::ceil<std::chrono::milliseconds>(end_ - now), most).count());
  }

  pollfd entry_;
  bool endless_;
  steady_clock::time_point end_;
};

/// While one exists, a write to a pipe that nobody reads is an error and no signal.
class no_pipe_signal {
 public:
  no_pipe_signal() noexcept {
    sigset_t pending;
    sigemptyset(&just_it_);
    sigaddset(&just_it_, SIGPIPE);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    ::pthread_sigmask(SIG_BLOCK, &just_it_, &before_);
  }
  ~no_pipe_signal() {
    sigset_t pending;
    sigpending(&pending);
    int number = 0;
    if (!was_pending_ && sigismember(&pending, SIGPIPE) == 1) ::sigwait(&just_it_, &number);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  no_pipe_signal(const no_pipe_signal&) = delete;
  no_pipe_signal& operator=(const no_pipe_signal&) = delete;

 private:
  sigset_t just_it_{};
  sigset_t before_{};
  bool was_pending_;
};

bool must_wait(int number) noexcept {
  return number == EAGAIN || number == EWOULDBLOCK;  // one number on most systems
}

}  // namespace

std::optional<std::size_t> read_pipe(native_handle_type pipe, std::span<std::byte> into,
                                     nanoseconds limit, failure& why) {
  const no_cancel whole;
  for (patient until(pipe, POLLIN, limit);;) {
    const auto count = retry([&] { return ::read(pipe, into.data(), into.size()); });
    if (count >= 0) return static_cast<std::size_t>(count);
    if (!must_wait(errno)) {
      fail_with(errno, why);
      return std::nullopt;
    }
    if (!until.ready(why)) return std::nullopt;
  }
}

std::size_t write_pipe(native_handle_type pipe, std::span<const std::byte> from, nanoseconds limit,
                       failure& why) {
  const no_cancel whole;
  const no_pipe_signal quiet;
  std::size_t done = 0;
  for (patient until(pipe, POLLOUT, limit); done < from.size();) {
    const auto rest = from.subspan(done);
    const auto count = retry([&] { return ::write(pipe, rest.data(), rest.size()); });
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EPIPE) {
      why.code = std::make_error_code(std::errc::broken_pipe);
      return done;
    }
    if (!must_wait(errno)) {
      fail_with(errno, why);
      return done;
    }
    if (!until.ready(why)) return done;
  }
  return done;
}

}  // namespace isthmus::detail
