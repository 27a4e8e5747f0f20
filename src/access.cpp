// SPDX-License-Identifier: MIT
#include <isthmus/access.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace isthmus {

std::string to_string(access value) {
  using entry = std::pair<access, std::string_view>;
  constexpr std::array rights{entry{access::read, "read"}, entry{access::write, "write"},
                              entry{access::copy, "copy"}, entry{access::execute, "execute"},
                              entry{access::wait, "wait"}, entry{access::modify, "modify"}};
  std::string text;
  for (const auto& [right, name] : rights) {
    if (!includes(value, right)) continue;
    if (!text.empty()) text += '|';
    text += name;
  }
  return text.empty() ? "none" : text;
}

}  // namespace isthmus
