// SPDX-License-Identifier: MIT
//
// The start of a program. Everything of the library's is close-on-exec; what a child is to have
// loses that mark in the child alone, by a dup2 onto itself, so no other child ever has it.
#include "posix/processes/spawn.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): not all systems have it

namespace isthmus::detail {
namespace {

/// What a child should not inherit from the thread that happens to start it.
class spawn_attributes {
 public:
  spawn_attributes() {
    ::posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  spawn_attributes(const spawn_attributes&) = delete;
  spawn_attributes& operator=(const spawn_attributes&) = delete;
  ~spawn_attributes() { ::posix_spawnattr_destroy(&attributes_); }

  [[nodiscard]] const posix_spawnattr_t* get() const noexcept { return &attributes_; }

 private:
  posix_spawnattr_t attributes_ = {};
};

/// What the child does before it becomes the program.
class spawn_actions {
 public:
  spawn_actions() { ::posix_spawn_file_actions_init(&actions_); }
  spawn_actions(const spawn_actions&) = delete;
  spawn_actions& operator=(const spawn_actions&) = delete;
  ~spawn_actions() { ::posix_spawn_file_actions_destroy(&actions_); }

  /// All that can fail here is memory.
  void put(int from, int to) noexcept {
    error_ = std::max(error_, ::posix_spawn_file_actions_adddup2(&actions_, from, to));
  }
  void change_to(const char* directory) noexcept {
    error_ = std::max(error_, ::posix_spawn_file_actions_addchdir_np(&actions_, directory));
  }
  [[nodiscard]] int error() const noexcept { return error_; }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_ = {};
  int error_ = 0;
};

/// Texts as the system wants them.
class text_list {
 public:
  void add(std::string text) { texts_.push_back(std::move(text)); }
  [[nodiscard]] std::vector<std::string>& texts() noexcept { return texts_; }
  [[nodiscard]] char** get() {
    pointers_.clear();
    for (std::string& one : texts_) pointers_.push_back(one.data());
    pointers_.push_back(nullptr);
    return pointers_.data();
  }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

bool is_variable(std::string_view entry, std::string_view name) noexcept {
  return entry.starts_with(name) && entry.substr(name.size()).starts_with('=');
}

text_list environment_for(const start_request& request) {
  text_list list;
  const auto take_away = [&](std::string_view name) {
    std::erase_if(list.texts(), [&](const auto& entry) { return is_variable(entry, name); });
  };
  if (!request.options.empty_environment)
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) list.add(*entry);
  for (const auto& [name, value] : request.options.environment) {
    take_away(name);
    if (value) list.add(name + '=' + *value);
  }
  take_away(hint_variable);  // what this process has inherited is not for its children
  if (!request.hint.empty()) list.add(fmt::format("{}={}", hint_variable, request.hint));
  return list;
}

/// The error of a directory must not look like the program's.
bool check_directory(const std::filesystem::path& path, failure& why) {
  struct stat info {};
  int number = ::stat(path.c_str(), &info) == 0 ? 0 : errno;
  if (number == 0 && !S_ISDIR(info.st_mode)) number = ENOTDIR;
  if (number == 0 && ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) != 0) number = errno;
  if (number != 0)
    why.set_native(number, fmt::format("the working directory {}: {}", path.native(),
                                       std::system_category().message(number)));
  return number == 0;
}

void explain(int number, failure& why) {
  if (number == ENOEXEC) return why.set(errc::access_denied, "the file is not a program");
  if (number == E2BIG)
    return why.set(errc::invalid_argument, "arguments and environment are too long");
  why.set_native(number);
}

}  // namespace

pid_t spawn(const start_request& request, failure& why) {
  const process_options& options = request.options;
  std::filesystem::path program = options.program;
  spawn_actions actions;
  if (!options.working_directory.empty()) {
    if (!check_directory(options.working_directory, why)) return -1;
    if (program.has_parent_path()) program = std::filesystem::absolute(program);
    actions.change_to(options.working_directory.c_str());
  }
  for (std::size_t i = 0; i < request.streams.size(); ++i)
    if (request.streams[i]) actions.put(request.streams[i].get(), static_cast<int>(i));
  for (const int each : request.passed) actions.put(each, each);

  text_list arguments;
  arguments.add(options.program.native());
  for (const auto& each : options.arguments) arguments.add(each);
  text_list environment = environment_for(request);
  const spawn_attributes attributes;
  pid_t id = -1;
  int result = actions.error();
  if (result == 0)
    result = ::posix_spawnp(&id, program.c_str(), actions.get(), attributes.get(), arguments.get(),
                            environment.get());
  if (result == 0) return id;
  explain(result, why);
  return -1;
}

}  // namespace isthmus::detail
