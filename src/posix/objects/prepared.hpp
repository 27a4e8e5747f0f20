// SPDX-License-Identifier: MIT
//
// A new object between its making and its name.
#pragma once

#include "failure.hpp"
#include "posix/names/directory.hpp"
#include "posix/names/publish.hpp"
#include "posix/objects/body.hpp"
#include "posix/system/descriptor.hpp"

#include <memory>
#include <string_view>

namespace isthmus::detail {

/// A new object that others cannot find yet.
struct prepared_object {
  unpublished_file file;
  descriptor bytes;  ///< those of a section, if they are not in the file
};

/// Makes the complete, locked, nameless file of a new object.
bool prepare(prepared_object& prepared, const std::shared_ptr<const directory>& dir,
             const blueprint& plan, std::string_view name, failure& why);

/// Takes back what has not been published, the file last.
void give_up(prepared_object& prepared) noexcept;

/// Does that where an exception comes in between.
class taken_back {
 public:
  explicit taken_back(prepared_object& prepared) noexcept : prepared_(prepared) {}
  taken_back(const taken_back&) = delete;
  taken_back& operator=(const taken_back&) = delete;
  ~taken_back() {
    if (prepared_.file.fd) give_up(prepared_);
  }

 private:
  prepared_object& prepared_;
};

}  // namespace isthmus::detail
