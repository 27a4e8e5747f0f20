// SPDX-License-Identifier: MIT
#include <isthmus/wait.hpp>

namespace isthmus {

std::string_view to_string(wait_status value) noexcept {
  switch (value) {
    case wait_status::signaled:
      return "signaled";
    case wait_status::abandoned:
      return "abandoned";
    case wait_status::timeout:
      return "timeout";
    case wait_status::failed:
      return "failed";
  }
  return "unknown";
}

}  // namespace isthmus
