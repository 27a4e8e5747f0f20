// SPDX-License-Identifier: MIT
//
// The list of attributes behind STARTUPINFOEX, of which there is one.
#pragma once

#include <isthmus/win32.h>

#include <span>

namespace isthmus::veneer {

struct attribute_list {
  std::span<const HANDLE> handles;  ///< the caller's; nullptr: not given
};

[[nodiscard]] inline const attribute_list* list_of(LPPROC_THREAD_ATTRIBUTE_LIST list) noexcept {
  return reinterpret_cast<const attribute_list*>(list);
}

}  // namespace isthmus::veneer
