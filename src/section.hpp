// SPDX-License-Identifier: MIT
//
// The contract between src/section.cpp and the backends. Arguments that reach a backend are
// checked: names parsed, sizes not zero where one is needed and below 2^63, rights legal (SEC-14),
// handles not empty. A backend function that fails sets `why` and returns nullptr.
#pragma once

#include <isthmus/section.hpp>

#include "object.hpp"

#include <cstdint>
#include <filesystem>

namespace isthmus::detail {

/// A handle. Backends derive their own from it.
struct section_state {
  object_info info;
  std::uint64_t size = 0;  ///< as section::size() reports it
  bool file = false;       ///< the bytes are a file's
  bool reserve = false;    ///< memory that is committed part by part
};

struct section_request {
  verb how = verb::create;
  parsed_name name;
  std::uint64_t size = 0;
  bool reserve = false;
  isthmus::access access = isthmus::access::none;
  isthmus::permissions permissions;
};

/// A file, by its path or open.
struct file_source {
  const std::filesystem::path* path = nullptr;  ///< nullptr: `handle` counts
  native_handle_type handle = {};
};

/// Makes a section of memory, or finds the existing one where `how` allows it (NAME-18, CRE-01).
section_state* make_section(const section_request& request, failure& why);

/// Makes a section of a file. A name that exists fails before the file is touched.
section_state* make_file_section(const file_source& file, const section_request& request,
                                 failure& why);

section_state* open_section(const parsed_name& name, isthmus::access rights, failure& why);

/// Another handle to the same object.
section_state* duplicate_section(const section_state& from, isthmus::access rights, failure& why);

/// Takes a native handle over; see include/isthmus/native.hpp.
section_state* adopt_section(native_handle_type handle, isthmus::access rights, failure& why);

creator_info section_creator(const section_state& from, failure& why);
native_handle_type section_handle(const section_state& from) noexcept;

/// Frees the state in any case.
void close_section_state(section_state* state, failure& why) noexcept;

}  // namespace isthmus::detail
