// SPDX-License-Identifier: MIT
//
// A directory of names that belongs to this test program and its children alone, so that tests may
// count what is left in it, squat in it and empty it. It lies in memory, as the real one does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace white {

/// What ISTHMUS_RUNTIME_DIR says in this program. Made before main, removed when the program ends.
[[nodiscard]] const std::filesystem::path& runtime();

/// A further one, for children that get it by environment: in force while the object lives, for
/// children started meanwhile. A program that uses it must not have used the library itself.
class private_runtime {
 public:
  private_runtime();
  private_runtime(const private_runtime&) = delete;
  private_runtime& operator=(const private_runtime&) = delete;
  ~private_runtime();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// The session directory in a runtime directory.
[[nodiscard]] std::filesystem::path session_in(const std::filesystem::path& base, int number = 0);
[[nodiscard]] inline std::filesystem::path session() { return session_in(runtime()); }

/// The file that an object with a short and harmless name has.
[[nodiscard]] std::filesystem::path anchor_of(std::string_view name);

/// The entries of a directory, sorted; none where there is no directory. Without the files of turns
/// (turn.hpp), which stay.
[[nodiscard]] std::vector<std::string> entries(const std::filesystem::path& folder);
/// The entries of the session directory that are objects, so without the records.
[[nodiscard]] std::vector<std::string> anchors();
/// The memory of this program's objects that lies apart from their anchors. Once nobody holds
/// anything, what is left are orphans.
[[nodiscard]] std::vector<std::string> orphans();

}  // namespace white
