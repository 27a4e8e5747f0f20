// SPDX-License-Identifier: MIT
//
// What the throwing forms throw.
#pragma once

#include <isthmus/error.hpp>

#include <string>
#include <system_error>

namespace support {

struct thrown {
  std::error_code code;  ///< none: nothing was thrown
  std::string text;
};

/// Runs `call` and tells what isthmus::error it threw.
template <class Call>
[[nodiscard]] thrown thrown_by(Call call) {
  try {
    call();
  } catch (const isthmus::error& problem) {
    return {problem.code(), problem.what()};
  }
  return {};
}

/// The code of that alone.
template <class Call>
[[nodiscard]] std::error_code code_of(Call call) {
  return thrown_by(call).code;
}

}  // namespace support
