// SPDX-License-Identifier: MIT
//
// Opening what other users have made.
#pragma once

#include "other_user.hpp"

#include "support/errors.hpp"
#include "support/kinds.hpp"

#include <isthmus/error.hpp>

#include <string>

namespace white {

/// Whether opening came to what is wanted; a refusal names the owner.
template <class T>
bool opens(const std::string& name, isthmus::access rights, bool wanted, uid_t owner) {
  T opened;
  const auto problem =
      support::thrown_by([&] { opened = T::open(support::kind<T>::open(name, rights)); });
  if (wanted)
    return opened && opened.access() == rights && opened.creator().user == std::to_string(owner);
  return problem.code == isthmus::errc::access_denied && !opened &&
         problem.text.find(text_of(owner)) != std::string::npos;
}

}  // namespace white
