// SPDX-License-Identifier: MIT
//
// A stranger's program: nothing but the public header and what the build says of the library. It
// prints the library's version.
#include <isthmus/isthmus.hpp>

#include <cstdio>

int main() {
  const auto numbers = isthmus::section::create({.size = 4096});
  const auto memory = isthmus::view::map(numbers);
  memory.as<int>() = 42;
  std::puts(ISTHMUS_VERSION_TEXT);
  return memory.as<int>() == 42 && isthmus::version() == ISTHMUS_VERSION_TEXT ? 0 : 1;
}
