// SPDX-License-Identifier: MIT
//
// What a child is to inherit: the parent's side of inherited.hpp.
#pragma once

#include <isthmus/process.hpp>
#include <isthmus/section.hpp>

#include "channel.hpp"
#include "failure.hpp"
#include "transfer.hpp"

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

}  // namespace isthmus::detail
