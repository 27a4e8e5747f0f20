// SPDX-License-Identifier: MIT
//
// Apple's linker wants even a weak symbol to be defined somewhere.
#include "posix/system/tsan.hpp"

#include <dlfcn.h>

namespace isthmus::detail::tsan {
namespace {

note look_up(const char* name) noexcept {
  return reinterpret_cast<note>(::dlsym(RTLD_DEFAULT, name));
}

}  // namespace

const note acquire = look_up("__tsan_acquire");
const note release = look_up("__tsan_release");

}  // namespace isthmus::detail::tsan
