// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

int main() {
  auto [mine, theirs] = isthmus::channel::pair();
  auto child = isthmus::process::start({.program = "./receiver", .inherit = {{"sender", theirs}}});
  theirs.close();  // it is the child's now

  auto answer = isthmus::section::create({.size = sizeof(int)});
  isthmus::view::map(answer).as<int>() = 42;
  mine.send({answer, isthmus::access::read}, "the answer");
  return mine.receive().message == "42, thank you" ? 0 : 1;
}
