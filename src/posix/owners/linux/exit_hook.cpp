// SPDX-License-Identifier: MIT
//
// on_exit() is the C library's own: glibc has it, musl does not.
#include "posix/owners/modules.hpp"
#include "posix/system/exit_code.hpp"

#include <cstdlib>

namespace isthmus::detail {

void call_at_exit(void (*handler)(std::int32_t)) noexcept {
  static void (*called)(std::int32_t) = nullptr;
  called = handler;
  stay_loaded();  // a handler of on_exit cannot be taken back
  static_cast<void>(::on_exit([](int code, void*) { called(code); }, nullptr));
}

}  // namespace isthmus::detail
