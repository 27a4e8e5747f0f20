// SPDX-License-Identifier: MIT
//
// The way from a public handle to its state, for the parts of the library outside its class.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/channel.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>
#include <isthmus/waitable.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace isthmus::detail {

class carrier;
struct failure;

struct native_access {
  static section_state* state(const section& from) noexcept { return from.state_.get(); }
  static dispatcher* state(const waitable& from) noexcept { return from.state_.get(); }
  static void* word(const waitable& from) noexcept { return from.word_; }
  static channel_state* state(const channel& from) noexcept { return from.state_.get(); }
  static const section* section_of(const object_ref& from) noexcept { return from.section_; }
  static const waitable* waitable_of(const object_ref& from) noexcept { return from.waitable_; }
  static std::optional<access> rights_of(const object_ref& from) noexcept { return from.rights_; }
  /// A child's end of a standard stream; src/process.cpp.
  static bool open_stream(const stream& wanted, std::size_t which, carrier& theirs, carrier& ours,
                          failure& why);
  static inherit_entry inherit(std::string_view key, native_handle_type handle) {
    return {key, handle, nullptr};
  }
  static stream leading_to(native_handle_type handle) noexcept { return stream(handle); }
  static void give_end(const stream& wanted, native_handle_type end) noexcept;
  /// T is the class that the state belongs to.
  template <class T, class State>
  static T wrap(State* state) noexcept {
    return T(state);
  }
};

}  // namespace isthmus::detail
