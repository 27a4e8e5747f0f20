// SPDX-License-Identifier: MIT
//
// How objects get into a child that this process starts, and out of what it finds there. The parent
// packs each object (transfer.hpp) and makes a section, the will, which lists them; the child gets
// all of these as handles, and a variable of its environment, the hint, that says which of them is
// the will. bequest.hpp has the parent's side, estate.hpp the child's, will.hpp the form of both;
// here is the contract with the backends.
#pragma once

#include <isthmus/platform.hpp>

#include "failure.hpp"
#include "transfer.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace isthmus::detail {

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
/// What is behind a native handle, in numbers that are the same in the child; POSIX only.
[[nodiscard]] std::array<std::uint64_t, 2> identity_of(native_handle_type handle) noexcept;
[[nodiscard]] std::uint32_t this_process_id() noexcept;

}  // namespace isthmus::detail
