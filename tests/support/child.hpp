// SPDX-License-Identifier: MIT
//
// Children: this very test program once more, in a process of its own, running one named function.
//
//     CHILD(holder) {                                       // in the child
//       auto guard = isthmus::mutex::open({.name = io.argument(0)});
//       guard.lock();
//       io.send("locked");
//       io.receive();
//       return 0;
//     }
//     …
//     support::child holder("holder", {name});              // in the test
//     holder.expect("locked");
//     holder.kill();
//
// They talk through two pipes, never through the objects under test. Where ISTHMUS_TEST_PEER names
// a folder, the child is the program of the same file name there: one built for 32 bits, or with
// another engine.
#pragma once

#include "support/limits.hpp"
#include "support/program.hpp"
#include "support/thread_state.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

/// What goes wrong between parent and child; Catch2 shows its text.
class child_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The child's side.
class child_io {
 public:
  child_io(pipe_end input, pipe_end output, std::vector<std::string> arguments);

  [[nodiscard]] const std::vector<std::string>& arguments() const noexcept { return arguments_; }
  [[nodiscard]] const std::string& argument(std::size_t index) const {
    return arguments_.at(index);
  }

  void send(std::string_view text);
  void send_failure(std::string_view text);
  /// Which thread this is, before anything else.
  void send_thread();
  /// The parent's next message. The parent's end ends the child.
  std::string receive();

 private:
  pipe_end input_;
  pipe_end output_;
  std::vector<std::string> arguments_;
};

using child_function = int (*)(child_io&);

struct child_registration {
  child_registration(const char* name, child_function function);
};

/// Runs the child that an argument asks for; nothing if it does not.
[[nodiscard]] bool is_child(const std::vector<std::string>& arguments);
[[nodiscard]] int run_child(std::vector<std::string> arguments);

/// The program that children run, and what to start it with to run `name` without pipes (for tests
/// of isthmus::process). Further arguments may follow.
[[nodiscard]] std::filesystem::path child_program();
[[nodiscard]] std::string child_argument(std::string_view name);

/// The parent's side. The destructor kills a child that still runs.
class child {
 public:
  explicit child(std::string name, const std::vector<std::string>& arguments = {});
  child(child&&) = delete;
  ~child();

  void send(std::string_view text);
  /// The child's next message, or child_error: with the child's words, if it failed.
  std::string receive(time_limit limit = patience());
  /// The same, and wants it to be `text`.
  void expect(std::string_view text, time_limit limit = patience());
  /// send, then receive.
  std::string ask(std::string_view text, time_limit limit = patience());
  /// Whether a message comes within the limit; it is not taken.
  [[nodiscard]] bool speaks(time_limit limit);
  /// Whether what it was told to do certainly blocks: its first thread sleeps in a wait of the
  /// library, and no message comes before. After send(), or it may sleep before the message.
  [[nodiscard]] bool blocks();

  /// Ends it at once, by force, and waits until the system has cleaned up after it.
  void kill();
  void stop();
  void resume();
  /// Waits for its end.
  int exit_code(time_limit limit = patience());
  [[nodiscard]] std::uint32_t id() const noexcept { return program_.id; }

 private:
  [[noreturn]] void fail(const std::string& what) const;
  bool fetch(time_limit limit);  // the next message into waiting_

  std::string name_;
  running_program program_;
  std::optional<std::string> waiting_;
  std::optional<thread_number> first_thread_;  // the first thing that it says
};

/// A child that says "ready" first, and has.
class ready_child : public child {
 public:
  explicit ready_child(std::string name, const std::vector<std::string>& arguments = {})
      : child(std::move(name), arguments) {
    expect("ready");
  }
};

/// Runs a child that announces "touching" and then touches memory: true if it died of a memory
/// fault, false if it lived to say otherwise.
[[nodiscard]] bool faults(const std::string& name, const std::vector<std::string>& arguments = {});

[[noreturn]] void child_requirement_failed(const char* text, const char* file, int line);

}  // namespace support

/// Defines a function that children can run: `int name(child_io& io)`. Its result is the exit code.
#define CHILD(name)                                                        \
  static int name(support::child_io& io);                                  \
  static const support::child_registration registered_##name{#name, name}; \
  static int name([[maybe_unused]] support::child_io& io)

/// Catch2's REQUIRE, for children: a failure ends the child and shows in the parent.
#define CHILD_REQUIRE(...) \
  ((__VA_ARGS__) ? void(0) : support::child_requirement_failed(#__VA_ARGS__, __FILE__, __LINE__))
