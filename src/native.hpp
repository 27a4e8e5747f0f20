// SPDX-License-Identifier: MIT
//
// The way from a public handle to its state, for the parts of the library outside its class.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/waitable.hpp>

#include <optional>

namespace isthmus::detail {

struct native_access {
  static section_state* state(const section& from) noexcept { return from.state_.get(); }
  static dispatcher* state(const waitable& from) noexcept { return from.state_.get(); }
  static void* word(const waitable& from) noexcept { return from.word_; }
  static process_state* state(const process& from) noexcept { return from.state_.get(); }
  static const section* section_of(const object_ref& from) noexcept { return from.section_; }
  static const waitable* waitable_of(const object_ref& from) noexcept { return from.waitable_; }
  static std::optional<access> rights_of(const object_ref& from) noexcept { return from.rights_; }
  /// T is the class that the state belongs to.
  template <class T, class State>
  static T wrap(State* state) noexcept {
    return T(state);
  }
};

}  // namespace isthmus::detail
