// SPDX-License-Identifier: MIT
//
// What this process has inherited: the child's side of inherited.hpp.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/channel.hpp>

#include "failure.hpp"
#include "transfer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace isthmus::detail {

/// What can be passed under a key.
enum class heirloom_kind : std::uint8_t { object, end, native };

/// One of these, or why there is nothing.
struct heirloom {
  std::string key;  // in letters
  heirloom_kind kind = heirloom_kind::object;
  any_object object;
  mutable channel end = {};    // there is one of it, so it is taken,
  mutable bool taken = false;  // by whoever sets this
  carrier native = {};
  failure problem = {};
};

/// All that this process has inherited. Found out once, as early as can be: from then on none of it
/// crosses into children.
class estate {
 public:
  static estate& own();

  [[nodiscard]] const heirloom* find(std::string_view key) const;
  /// Gives it up; nobody must be asking for it.
  void forget(std::string_view key);

 private:
  estate() noexcept;
  void read(std::string_view hint);

  std::vector<heirloom> heirlooms_;
};

}  // namespace isthmus::detail
