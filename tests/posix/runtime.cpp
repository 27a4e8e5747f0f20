// SPDX-License-Identifier: MIT
#include "runtime.hpp"

#include "posix/names/lifetime.hpp"
#include "posix/system/seam.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <unistd.h>

namespace white {

namespace {

constexpr const char* variable = "ISTHMUS_RUNTIME_DIR";
constexpr const char* inherited = "ISTHMUS_TEST_RUNTIME";  // set by the program that made it

std::filesystem::path make_folder() {
  std::string path = "/dev/shm/isthmus-test-XXXXXX";
  if (mkdtemp(path.data()) == nullptr)
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  return path;
}

void remove_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

class program_runtime {
 public:
  program_runtime() {
    if (const char* const given = std::getenv(inherited); given != nullptr) {
      path_ = given;
    } else {
      path_ = make_folder();
      maker_ = getpid();
      setenv(inherited, path_.c_str(), 1);
      setenv(variable, path_.c_str(), 1);
    }
    tag_ = path_.string().substr(path_.string().size() - 6);
    isthmus::seam::tag = tag_;
  }
  program_runtime(const program_runtime&) = delete;
  program_runtime& operator=(const program_runtime&) = delete;
  ~program_runtime() {
    if (maker_ != getpid()) return;
    remove_folder(path_);
    for (const auto& name : orphans()) remove_folder("/dev/shm/" + name);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  std::string tag_;  // what mkdtemp has chosen
  pid_t maker_ = 0;
};

// Before main: nobody has asked the library for anything yet.
const program_runtime the_runtime;

}  // namespace

const std::filesystem::path& runtime() { return the_runtime.path(); }

private_runtime::private_runtime() : path_(make_folder()) { setenv(variable, path_.c_str(), 1); }

private_runtime::~private_runtime() {
  setenv(variable, runtime().c_str(), 1);
  remove_folder(path_);
}

std::filesystem::path session_in(const std::filesystem::path& base, int number) {
  return base / (std::string(isthmus::detail::directory_prefix) + std::to_string(geteuid()) + "." +
                 std::to_string(number));
}

std::filesystem::path anchor_of(std::string_view name) {
  return session() / ("=" + std::string(name));
}

std::vector<std::string> entries(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    names.push_back(entry.path().filename().string());
  std::erase_if(names, [](const auto& name) { return name.starts_with(".l"); });
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> orphans() {
  auto names = entries("/dev/shm");
  const auto stem = "isthmus." + std::string(isthmus::seam::tag);
  std::erase_if(names, [&](const auto& name) { return !name.starts_with(stem); });
  return names;
}

std::vector<std::string> anchors() {
  auto names = entries(session());
  std::erase(names, "p");
  return names;
}

}  // namespace white
