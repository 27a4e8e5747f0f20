// SPDX-License-Identifier: MIT
//
// The contract between src/pipe_end.cpp and the backends. The handle is one, and no buffer is
// empty.
#pragma once

#include <isthmus/pipe_end.hpp>

#include "failure.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

namespace isthmus::detail {

/// At least a byte; 0 at the end; absent where the limit passed.
std::optional<std::size_t> read_pipe(native_handle_type pipe, std::span<std::byte> into,
                                     std::chrono::nanoseconds limit, failure& why);
/// How many bytes were written until all were, the limit had passed or something failed.
std::size_t write_pipe(native_handle_type pipe, std::span<const std::byte> from,
                       std::chrono::nanoseconds limit, failure& why);

}  // namespace isthmus::detail
