// SPDX-License-Identifier: MIT
#include "posix/system/program.hpp"

#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace isthmus::detail {

void program_name(std::array<char, 64>& name) noexcept {
  name = {};
  std::array<char, 4096> path{};
  const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
  std::string_view text(path.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  // Without /proc: as it was called when it was started.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the auxiliary vector has numbers
  const auto* const called = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  if (text.empty() && called != nullptr) text = called;
  text.remove_prefix(text.rfind('/') + 1);  // npos + 1 is 0
  text = text.substr(0, name.size() - 1);
  std::copy(text.begin(), text.end(), name.begin());
}

}  // namespace isthmus::detail
