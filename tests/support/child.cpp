// SPDX-License-Identifier: MIT
#include "support/child.hpp"

#include "support/system.hpp"
#include "support/watchdog.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

namespace support {

namespace {

constexpr std::string_view child_prefix = "--child=";
constexpr std::string_view piped = "piped:";  // the arguments come through the pipe
constexpr int failure_code = 99;

std::map<std::string, child_function, std::less<>>& children() {
  static std::map<std::string, child_function, std::less<>> all;
  return all;
}

// A message: one character for its sort, eight digits for its length, its bytes. The same for
// programs of any word size.
constexpr char message_sort = 'm';
constexpr char failure_sort = 'f';
constexpr char thread_sort = 't';  // a child's first: its first thread
constexpr std::size_t head_size = 9;

pipe_end::outcome write_message(pipe_end& to, char sort, std::string_view text,
                                clock::time_point end) {
  std::array<char, head_size + 1> head{};
  std::snprintf(head.data(), head.size(), "%c%08lx", sort,
                static_cast<unsigned long>(text.size() & 0xffffffff));
  const auto outcome = to.write(head.data(), head_size, end);
  if (outcome != pipe_end::outcome::done || text.empty()) return outcome;
  return to.write(text.data(), text.size(), end);
}

pipe_end::outcome read_message(pipe_end& from, char& sort, std::string& text,
                               clock::time_point end) {
  std::array<char, head_size + 1> head{};
  auto outcome = from.read(head.data(), head_size, end);
  if (outcome != pipe_end::outcome::done) return outcome;
  sort = head[0];
  text.resize(std::strtoul(head.data() + 1, nullptr, 16));
  if (!text.empty()) {
    // What has begun to come is not lost to a short limit.
    outcome = from.read(text.data(), text.size(), clock::now() + patience());
  }
  return outcome;
}

}  // namespace

child_registration::child_registration(const char* name, child_function function) {
  children().emplace(name, function);
}

void child_requirement_failed(const char* text, const char* file, int line) {
  throw child_error(std::string(file) + ":" + std::to_string(line) + ": " + text);
}

// The child's side.

child_io::child_io(pipe_end input, pipe_end output, std::vector<std::string> arguments)
    : input_(std::move(input)), output_(std::move(output)), arguments_(std::move(arguments)) {}

void child_io::send(std::string_view text) {
  if (write_message(output_, message_sort, text, clock::now() + patience()) !=
      pipe_end::outcome::done) {
    exit_at_once(failure_code);  // nobody is left to tell
  }
}

void child_io::send_failure(std::string_view text) {
  (void)write_message(output_, failure_sort, text, clock::now() + patience());
}

void child_io::send_thread() {
  (void)write_message(output_, thread_sort, to_text(this_thread()), clock::now() + patience());
}

std::string child_io::receive() {
  char sort = 0;
  std::string text;
  // Longer than any test: the parent may have much to do before it comes back to this child.
  if (read_message(input_, sort, text, clock::now() + program_limit()) != pipe_end::outcome::done) {
    exit_at_once(failure_code);
  }
  return text;
}

bool is_child(const std::vector<std::string>& arguments) {
  return !arguments.empty() && arguments.front().starts_with(child_prefix);
}

int run_child(std::vector<std::string> arguments) {
  auto name = arguments.front().substr(child_prefix.size());
  arguments.erase(arguments.begin());
  pipe_end input;
  pipe_end output;
  const bool has_parent = name.starts_with(piped);
  if (has_parent) {
    name = name.substr(piped.size());
    input = take_standard_input();
    output = take_standard_output();
    char sort = 0;
    std::string text;
    const auto end = clock::now() + patience();
    if (read_message(input, sort, text, end) != pipe_end::outcome::done) return failure_code;
    for (auto left = std::strtoul(text.c_str(), nullptr, 10); left > 0; --left) {
      if (read_message(input, sort, text, end) != pipe_end::outcome::done) return failure_code;
      arguments.push_back(text);
    }
  }
  const watchdog guard("child " + name);
  child_io io(std::move(input), std::move(output), std::move(arguments));
  if (has_parent) io.send_thread();
  const auto found = children().find(name);
  if (found == children().end()) {
    io.send_failure("there is no child of this name");
    return failure_code;
  }
  try {
    return found->second(io);
  } catch (const std::exception& problem) {
    io.send_failure(problem.what());
  }
  return failure_code;
}

// The parent's side.

std::filesystem::path child_program() {
  const char* peer = std::getenv("ISTHMUS_TEST_PEER");
  return peer == nullptr ? program() : std::filesystem::path(peer) / program().filename();
}

std::string child_argument(std::string_view name) {
  return std::string(child_prefix) + std::string(name);
}

child::child(std::string name, const std::vector<std::string>& arguments)
    : name_(std::move(name)),
      program_(start_program(child_program(), child_argument(std::string(piped) + name_))) {
  send(std::to_string(arguments.size()));
  for (const auto& argument : arguments) send(argument);
}

child::~child() {
  try {
    kill();
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
  }
  close_program(program_);
}

void child::fail(const std::string& what) const {
  throw child_error("child " + name_ + ": " + what);
}

void child::send(std::string_view text) {
  // A child that has ended is noticed by whoever waits for its answer.
  if (write_message(program_.input, message_sort, text, clock::now() + patience()) ==
      pipe_end::outcome::timeout) {
    fail("does not read");
  }
}

bool child::fetch(time_limit limit) {
  if (waiting_) return true;
  const auto end = clock::now() + limit;
  char sort = 0;
  std::string text;
  do {
    switch (read_message(program_.output, sort, text, end)) {
      case pipe_end::outcome::timeout:
        return false;
      case pipe_end::outcome::end:
        fail("ended without a word, exit code " + std::to_string(exit_code()));
      case pipe_end::outcome::done:
        break;
    }
    if (sort == thread_sort) first_thread_ = thread_number_of(text);
  } while (sort == thread_sort);
  if (sort == failure_sort) fail(text);
  waiting_ = std::move(text);
  return true;
}

bool child::speaks(time_limit limit) { return fetch(limit); }

bool child::blocks() {
  const auto spoken = [this] { return speaks(0ms); };
  return eventually([&] { return spoken() || first_thread_; }) && first_thread_ &&
         comes_to_sleep(*first_thread_, spoken);
}

std::string child::receive(time_limit limit) {
  if (!fetch(limit)) fail("says nothing");
  return *std::exchange(waiting_, std::nullopt);
}

void child::expect(std::string_view text, time_limit limit) {
  const auto answer = receive(limit);
  if (answer != text) fail("says '" + answer + "' instead of '" + std::string(text) + "'");
}

std::string child::ask(std::string_view text, time_limit limit) {
  send(text);
  return receive(limit);
}

void child::kill() {
  if (program_.code) return;
  kill_program(program_);
  if (!wait_program(program_, clock::now() + patience())) fail("cannot be killed");
}

void child::stop() {
  if (!stop_program(program_, clock::now() + patience())) fail("cannot be stopped");
}

void child::resume() { resume_program(program_); }

int child::exit_code(time_limit limit) {
  if (!program_.code && !wait_program(program_, clock::now() + limit)) fail("does not end");
  return *program_.code;
}

bool faults(const std::string& name, const std::vector<std::string>& arguments) {
  child toucher(name, arguments);
  toucher.expect("touching");
  return is_fault(toucher.exit_code());
}

}  // namespace support
