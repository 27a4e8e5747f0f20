// SPDX-License-Identifier: MIT
#include "worker.hpp"

#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace bench {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::system_category(), what);
}

}  // namespace

bool worker::start() {
  std::array<int, 2> requests{}, answers{};
  if (::pipe(requests.data()) != 0 || ::pipe(answers.data()) != 0) fail("pipe");
  id_ = ::fork();
  if (id_ < 0) fail("fork");
  const bool child = id_ == 0;
  requests_ = requests[child ? 0 : 1];
  answers_ = answers[child ? 1 : 0];
  ::close(requests[child ? 1 : 0]);
  ::close(answers[child ? 0 : 1]);
  return child;
}

void worker::serve(const std::function<answer(std::int64_t)>& job) const {
  std::int64_t request = 0;
  while (::read(requests_, &request, sizeof request) == sizeof request) {
    const answer done = job(request);
    if (::write(answers_, &done, sizeof done) != sizeof done) break;
  }
  ::_exit(0);
}

void worker::ask(std::int64_t request) const {
  if (::write(requests_, &request, sizeof request) != sizeof request) fail("asking a worker");
}

answer worker::result() const {
  answer done;
  if (::read(answers_, &done, sizeof done) != sizeof done)
    throw std::runtime_error("a worker has gone");
  return done;
}

void worker::kill() const noexcept { ::kill(id_, SIGKILL); }

worker::~worker() {
  if (id_ == 0) return;
  ::close(requests_);
  ::close(answers_);
  kill();  // later ones have our end of its pipe, so it might not see that end
  ::waitpid(id_, nullptr, 0);
}

std::int64_t now() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace bench
