// SPDX-License-Identifier: MIT
//
// Who a thread is in a wait for all.
#pragma once

#include "dispatcher.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace isthmus::detail {

struct identities {
  std::uint64_t guards = 0;  ///< as the holder of guards; see waits/guard.hpp
  std::uint64_t owner = 0;   ///< as the owner of mutexes; 0 where there is none among the objects
  std::size_t mutexes = 0;   ///< how many there are
};

/// Their guards are mapped. Where records tell of deaths, the objects have to be of one user's,
/// since a thread that dies in the middle is looked for among his processes.
identities identify(std::span<dispatcher* const> objects, failure& why);

}  // namespace isthmus::detail
