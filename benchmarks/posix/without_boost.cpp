// SPDX-License-Identifier: MIT
#include "row.hpp"

namespace bench {

std::vector<row> boost_mutex_rows() { return {}; }
std::vector<row> boost_semaphore_rows() { return {}; }
std::vector<row> section_rows() { return {}; }
std::string boost_note() {
  return "no Boost 1.81 or newer (Debian: libboost1.81-dev), so the rows against it are left out";
}

}  // namespace bench
