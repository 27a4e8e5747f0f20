// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

int main() {
  auto counter = isthmus::section::create({.size = sizeof(int)});  // no name
  auto guard = isthmus::mutex::create();
  auto child = isthmus::process::start(
      {.program = "./child", .inherit = {{"counter", counter}, {"guard", guard}}});
  child.wait();
  return isthmus::view::map(counter).as<int>() == 1 ? 0 : 1;
}
