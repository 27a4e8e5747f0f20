// SPDX-License-Identifier: MIT
//
// Files under an object's name that the library has not made.
#pragma once

#include "forked.hpp"
#include "posix/names/life_lock.hpp"
#include "posix/words/layout.hpp"
#include "runtime.hpp"

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace white {

using isthmus::detail::anchor_header;

/// A process that has planted a file and holds it, so that it does not count as dead.
class planter {
 public:
  planter(const std::string& name, const std::function<void(int)>& write)
      : child_([this, &write, path = anchor_of(name)] {
          const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
          if (fd < 0) return 1;
          write(fd);
          if (isthmus::detail::hold(fd) != 0) return 1;
          *ready_ = true;
          await([&] { return false; });
          return 0;
        }) {
    REQUIRE(support::eventually([&] { return ready_->load(); }));
  }

 private:
  shared<std::atomic<bool>> ready_;
  forked child_;
};

/// A sound section's file with its header changed.
inline std::function<void(int)> section_with(std::string name,
                                             std::function<void(anchor_header&)> change) {
  return [name = std::move(name), change = std::move(change)](int fd) {
    anchor_header header{};
    header.magic = isthmus::detail::anchor_magic;
    header.version = isthmus::detail::layout_version;
    header.kind = isthmus::detail::kind::section;
    header.before = header.size = 4096;
    header.access = 3;
    header.name_length = static_cast<std::uint32_t>(name.size());
    std::memcpy(header.name.data(), name.data(), name.size());
    change(header);
    (void)(::ftruncate(fd, 8192) == 0);
    (void)(::pwrite(fd, &header, sizeof header, 4096) == 0);
  };
}

}  // namespace white
