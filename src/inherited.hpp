// SPDX-License-Identifier: MIT
//
// How objects get into a child that this process starts, and out of what it finds there. The parent
// packs each object (transfer.hpp) and makes a section, the will, which lists them; the child gets
// all of these as handles, and a variable of its environment, the hint, that says which of them is
// the will. Below that: the contract with the backends.
#pragma once

#include <isthmus/inherited.hpp>
#include <isthmus/process.hpp>
#include <isthmus/section.hpp>

#include "channel.hpp"
#include "failure.hpp"
#include "transfer.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isthmus::detail {

/// What a child is to inherit, packed. Held until it has it.
class bequest {
 public:
  /// Packs what is listed; nothing for an empty list.
  bool pack_all(std::span<const inherit_entry> entries, failure& why);
  /// This process has it all now. Before anything is sent to the ends of channels in it.
  bool has_been_left_to(const dispatcher& heir, failure& why) const;

  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] const std::vector<native_handle_type>& handles() const noexcept { return handles_; }

 private:
  bool pack_entry(const inherit_entry& entry, std::string& line, failure& why);
  bool add(parcel& what, std::string_view description, std::string& line, failure& why);

  std::vector<carrier> carriers_;
  std::vector<native_handle_type> handles_;  // theirs
  std::vector<const channel_state*> ends_;
  section will_;
  std::string hint_;
};

/// The hint that this process was started with; empty in programs that run with other rights than
/// their user's.
[[nodiscard]] std::string own_hint();
/// The handle as the child will know it, made ready to cross: it must not be in the way there.
bool make_ready(carrier& what, failure& why);
[[nodiscard]] std::uint64_t number_of(native_handle_type handle) noexcept;
/// The handle of this process with this number; none where there cannot be one.
[[nodiscard]] native_handle_type handle_of(std::uint64_t number) noexcept;
/// A copy of it, which no child inherits; none where it is not a handle.
[[nodiscard]] carrier copy_inherited(native_handle_type handle) noexcept;
[[nodiscard]] std::uint32_t this_process_id() noexcept;

}  // namespace isthmus::detail
