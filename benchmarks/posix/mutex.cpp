// SPDX-License-Identifier: MIT
//
// The mutex when nobody else wants it.
#include <isthmus/mutex.hpp>

#include "bare_mutex.hpp"
#include "lock_unlock.hpp"
#include "machine.hpp"
#include "robust_mutex.hpp"
#include "shared.hpp"

namespace bench {
namespace {

template <class Peer>
figures against(effort work) {
  auto ours = isthmus::mutex::create({.name = unique_name("mutex")});
  shared<Peer> peer;
  return compare(pairs, work, lock_unlock(ours), lock_unlock(peer.get()));
}

}  // namespace

std::vector<row> mutex_rows() {
  return {
      {"mutex lock+unlock / atomics", "two compare-and-swaps, inlined", 1.5, against<bare_mutex>},
      {"mutex lock+unlock / glibc", c_library_text() + " robust recursive", 0.75,
       against<robust_mutex>},
  };
}

}  // namespace bench
