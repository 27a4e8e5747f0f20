// SPDX-License-Identifier: MIT
//
// Objects by their names alone, of whatever kind.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/error.hpp>
#include <isthmus/name.hpp>
#include <isthmus/waitable.hpp>

#include <string>
#include <string_view>

namespace tool {

/// Opens the object of this name, whatever it is, to be waited for: any kind but a section.
[[nodiscard]] isthmus::any_object open_waitable(const std::string& name, isthmus::scope where);

/// It as what it can be waited for by.
[[nodiscard]] isthmus::waitable& waitable_in(isthmus::any_object& object);

/// Unlocks it, if it is a mutex.
void give_back(isthmus::any_object& object);

/// Says of which kind the name really is, where it is of another one than `wanted`; otherwise
/// throws what it was given.
[[noreturn]] void explain_kind(const isthmus::error& failure, const std::string& name,
                               isthmus::scope where, std::string_view wanted);

}  // namespace tool
