// SPDX-License-Identifier: MIT
#include "support/thread_state.hpp"

#include <sstream>

namespace support {

std::string to_text(thread_number number) {
  return std::to_string(number.process) + ' ' + std::to_string(number.thread);
}

thread_number thread_number_of(const std::string& text) {
  thread_number number;
  std::istringstream(text) >> number.process >> number.thread;
  return number;
}

}  // namespace support
