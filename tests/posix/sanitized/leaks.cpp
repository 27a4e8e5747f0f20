// SPDX-License-Identifier: MIT
//
// A user's program under AddressSanitizer, linked with the library as it is built for everybody:
// leaks CASE. It forks, and parent and child end by exit(), where the leak checker looks. It exits
// with the child's code.
#include <isthmus/isthmus.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

namespace {

void use_objects() {
  auto guard = isthmus::mutex::create();
  guard.lock();
  guard.unlock();
  auto call = isthmus::event::create();
  call.set();
  (void)isthmus::wait_all_for({call, guard}, std::chrono::seconds(1));
  guard.unlock();
}

/// Runs the work in a child and ends with its code.
template <class Work>
[[noreturn]] void in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    std::exit(0);
  }
  int status = 0;
  (void)::waitpid(child, &status, 0);  // untimed: check.py has a limit
  std::exit(WIFEXITED(status) ? WEXITSTATUS(status) : 4);
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view name = count < 2 ? "" : arguments[1];
  use_objects();
  if (name == "idle child") in_child([] {});
  if (name == "busy child") in_child(use_objects);
  if (name == "grandchild") in_child([] { in_child(use_objects); });
  if (name == "leak") {
    in_child([] {
      volatile auto* lost = new int(1);  // which the checker must see
      lost = nullptr;
      (void)lost;
    });
  }
  std::puts("idle child\nbusy child\ngrandchild\nleak");
}
