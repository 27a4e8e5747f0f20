// SPDX-License-Identifier: MIT
//
// Names that nobody else uses, so that tests can run beside each other.
#pragma once

#include <string>
#include <string_view>

namespace support {

/// The stem, the process id and a random number.
[[nodiscard]] std::string unique_name(std::string_view stem);

/// The same, of exactly `length` bytes.
[[nodiscard]] std::string unique_name_of_length(std::size_t length);

}  // namespace support
