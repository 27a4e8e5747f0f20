// SPDX-License-Identifier: MIT
//
// A stranger's program: nothing but the public header and what the build says of the library.
#include <isthmus/isthmus.hpp>

int main() {
  const auto numbers = isthmus::section::create({.size = 4096});
  const auto memory = isthmus::view::map(numbers);
  memory.as<int>() = 42;
  return memory.as<int>() == 42 ? 0 : 1;
}
