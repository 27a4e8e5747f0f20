// SPDX-License-Identifier: MIT
#include "posix/owners/unseen_owner.hpp"

#include "posix/system/fail_with.hpp"

#include <cerrno>
#include <utility>

namespace isthmus::detail {
namespace {

using namespace std::chrono_literals;

struct blind_look {
  std::uint64_t token = 0;  // 0: there was none since it was asked for
  std::uint32_t signs = 0;
};
thread_local constinit blind_look last_look;

}  // namespace

unseen_owner::unseen_owner() noexcept { last_look.token = 0; }

bool unseen_owner::for_too_long(std::chrono::steady_clock::time_point now) noexcept {
  const std::uint64_t owner = std::exchange(last_look.token, 0);
  if (owner == 0 || owner != owner_ || last_look.signs != signs_) {
    owner_ = owner;
    signs_ = last_look.signs;
    since_ = now;
  }
  failed_ = failed_ || (owner != 0 && now - since_ >= 1s);
  return failed_;
}

void unseen_owner::refuse(failure& why) { fail_with(EMFILE, why); }

void note_blind_look(std::uint64_t token) noexcept { last_look.token = token; }
void note_sign_of_life() noexcept { ++last_look.signs; }

}  // namespace isthmus::detail
