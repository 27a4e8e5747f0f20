// SPDX-License-Identifier: MIT
//
// A file that another user has made a section of.
#pragma once

#include "other_user.hpp"
#include "runtime.hpp"

#include "support/files.hpp"
#include "support/names.hpp"

#include <isthmus/section.hpp>

#include "posix/words/layout.hpp"

#include <catch2/catch_test_macros.hpp>

#include <filesystem>
#include <optional>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace white {

inline constexpr isthmus::permissions all_read{.read = isthmus::audience::everyone};

/// A file of a user's; it begins with `first`.
inline void make_file(const std::filesystem::path& path, uid_t owner, char first) {
  support::write_file(path, std::string(8192, first));
  REQUIRE(::chown(path.c_str(), owner, owner) == 0);
  REQUIRE(::chmod(path.c_str(), 0644) == 0);
}

/// alice's folder with her file, a secret of root's beside it, and alice's section of her file,
/// which she holds as long as this lives.
class shown_file {
 public:
  shown_file() {
    REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
    std::filesystem::create_directory(hers);
    REQUIRE(::chown(hers.c_str(), alice, alice) == 0);
    make_file(file, alice, 'a');
    make_file(secret, 0, 'S');
    REQUIRE(::chmod(secret.c_str(), 0600) == 0);
    alice_.emplace(as_user(alice, [this] {
      const auto made = isthmus::section::from_file(
          file, {.name = name,
                 .access = isthmus::access::read | isthmus::access::write,
                 .permissions = all_read});
      stage_->say(0);
      stage_->wait_for(1);
      return 0;
    }));
    REQUIRE(stage_->comes(0));
  }
  ~shown_file() { stage_->say(1); }

  /// Says in alice's anchor that this is the file.
  void forge(const std::filesystem::path& other) const {
    struct stat info {};
    REQUIRE(::stat(other.c_str(), &info) == 0);
    for (const auto& entry : std::filesystem::directory_iterator(runtime())) {
      const auto anchor = entry.path() / "a";
      const int fd = ::open(anchor.c_str(), O_RDWR | O_CLOEXEC);
      if (fd < 0) continue;
      isthmus::detail::anchor_header header{};
      const auto place = static_cast<off_t>(::sysconf(_SC_PAGESIZE));
      const bool whole = ::pread(fd, &header, sizeof header, place) == sizeof header;
      const std::string found(header.name.data(), whole ? header.name_length : 0);
      if ("Global\\" + found == name) {
        header.file_device = info.st_dev;
        header.file_inode = info.st_ino;
        forged_ = ::pwrite(fd, &header, sizeof header, place) == sizeof header;
      }
      ::close(fd);
    }
    REQUIRE(forged_);
  }

  const support::temporary_folder folder;
  const std::filesystem::path hers = folder / "hers";
  const std::filesystem::path file = hers / "file";
  const std::filesystem::path secret = folder / "secret";
  const std::string name = global("shown");

 private:
  shared<stages> stage_;
  std::optional<forked> alice_;
  mutable bool forged_ = false;
};

}  // namespace white
