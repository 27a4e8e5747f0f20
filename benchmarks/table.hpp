// SPDX-License-Identifier: MIT
#pragma once

#include "row.hpp"

#include <string>
#include <vector>

namespace bench {

struct measured {
  row what;
  figures found;
  [[nodiscard]] bool has_target() const noexcept { return what.target != no_target; }
  [[nodiscard]] bool met() const noexcept { return found.ratio <= what.target; }
};

std::string table_head();
std::string table_line(const measured& done);

/// [{"name", "ours_ns", "peer", "peer_ns", "ratio", "target", "met"}]; the last two are null in
/// rows without a target.
std::string json(const std::vector<measured>& rows);

}  // namespace bench
