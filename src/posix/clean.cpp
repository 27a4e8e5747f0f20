// SPDX-License-Identifier: MIT
#include "clean.hpp"

#include "directory.hpp"
#include "fork.hpp"
#include "sweep.hpp"

namespace isthmus::detail {

clean_result clean_scope(scope where, cleaning how, failure& why) {
  const hold_off_fork gate;
  const auto dir = directory_of(where, why);
  return dir ? sweep(*dir, how) : clean_result{};
}

}  // namespace isthmus::detail
