// SPDX-License-Identifier: MIT
//
// What has come from another process, by a channel or by inheritance: whoever sends may send
// anything. Nothing that is said about a descriptor is believed; it is asked of the descriptor
// itself, and where the kernel knows better than the object's header, of the kernel.
//
//     memory without a name   sealed as the library seals it, so nobody can cut it short under us
//     a named object          memory, or the very file that has the name in our own directory;
//                             who may write to it can cut it short, as if it had been opened
//     a section of a file     a plain file, as long as it says; its sender can cut it short
//
// Errors are `damaged` where what is there is not what it is said to be, `untrusted` where it could
// be made to be something else later on.
#pragma once

#include "failure.hpp"
#include "kind.hpp"
#include "posix/names/anchor.hpp"
#include "posix/objects/body.hpp"
#include "posix/system/descriptor.hpp"
#include "transfer.hpp"

#include <sys/types.h>

#include <memory>

namespace isthmus::detail {

/// The first carrier, with what its header says; the header has been checked.
struct arrival {
  descriptor fd;
  anchor_header header{};
  uid_t owner = 0;  ///< of the memory, as the kernel says
  bool read_only = false;
  std::shared_ptr<const directory> home;  ///< where the name leads to it; nullptr: not here
};
bool receive_anchor(kind of, parcel& what, arrival& got, failure& why);

/// The file behind a named section of one.
bool receive_file(carrier& from, const object_facts& facts, bool read_only, descriptor& file,
                  failure& why);

/// The bytes of a section that has them apart from its anchor.
bool receive_bytes(carrier& from, const object_facts& facts, bool read_only, descriptor& bytes,
                   failure& why);

/// A section that is a file and nothing else; nullptr on failure.
std::shared_ptr<body> receive_plain_file(parcel& what, failure& why);

bool does_not_fit(failure& why);

}  // namespace isthmus::detail
