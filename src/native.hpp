// SPDX-License-Identifier: MIT
//
// The way from a public handle to its state, for the parts of the library outside its class.
#pragma once

#include <isthmus/mutex.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>

namespace isthmus::detail {

struct native_access {
  static section_state* state(const section& from) noexcept { return from.state_.get(); }
  static mutex_state* state(const mutex& from) noexcept { return from.state_.get(); }
  static process_state* state(const process& from) noexcept { return from.state_.get(); }
  static section wrap(section_state* state) noexcept { return section(state); }
  static mutex wrap(mutex_state* state) noexcept { return mutex(state); }
};

}  // namespace isthmus::detail
