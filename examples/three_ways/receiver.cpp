// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include <string>

int main() {
  auto sender = isthmus::inherited<isthmus::channel>("sender");
  auto answer = sender.receive().object.take<isthmus::section>();
  auto number = isthmus::const_view::map(answer).as<int>();
  sender.send(std::to_string(number) + ", thank you");
}
