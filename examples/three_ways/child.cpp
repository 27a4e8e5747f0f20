// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include <mutex>

int main() {
  auto counter = isthmus::inherited<isthmus::section>("counter");
  auto guard = isthmus::inherited<isthmus::mutex>("guard");
  auto memory = isthmus::view::map(counter);

  std::scoped_lock lock{guard};
  memory.as<int>() += 1;
}
