// SPDX-License-Identifier: MIT
//
// What all kinds of object have in common.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/name.hpp>
#include <isthmus/permissions.hpp>

#include "failure.hpp"
#include "name.hpp"
#include "pause.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace isthmus::detail {

/// How an object is asked for.
enum class verb { create, open_or_create };

/// What a handle knows of its object and itself.
struct object_info {
  std::string name;  ///< without prefix; empty: unnamed
  scope where = scope::session;
  isthmus::access access = isthmus::access::none;
  bool created = false;
};

/// Calls `attempt(failure&)` until it finds something or fails otherwise than by not_found, for at
/// most `limit`. There is nothing to sleep on before a name exists, so it backs off from 1 to 20
/// ms.
template <class Attempt>
auto until_found(std::chrono::nanoseconds limit, failure& why, Attempt attempt) {
  using namespace std::chrono_literals;
  const auto start = std::chrono::steady_clock::now();
  for (std::chrono::nanoseconds pause = 1ms;;
       pause = std::min<std::chrono::nanoseconds>(2 * pause, 20ms)) {
    why.clear();
    auto found = attempt(why);
    if (!why || why.code != errc::not_found) return found;
    const auto left = limit - (std::chrono::steady_clock::now() - start);
    if (left <= left.zero()) return found;
    pause_for(std::min<std::chrono::nanoseconds>(pause, left));
  }
}

}  // namespace isthmus::detail
