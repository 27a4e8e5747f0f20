// SPDX-License-Identifier: MIT
//
// The subcommands: what each is told, and the function that does it and gives the exit code. One
// file for each; the command line (command_line.cpp) knows all of them.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/name.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tool {

using duration = std::chrono::nanoseconds;

struct list_options {
  std::vector<isthmus::scope> scopes = {isthmus::scope::session};
  std::optional<isthmus::object_kind> kind;
  bool json = false;
  bool names = false;
};
int list(const list_options& options);

struct show_options {
  std::string name;
  isthmus::scope scope = isthmus::scope::automatic;
  bool json = false;
};
int show(const show_options& options);

struct watch_options {
  std::vector<std::string> names;
  isthmus::scope scope = isthmus::scope::automatic;
  duration interval = std::chrono::milliseconds(500);
  bool json = false;
};
int watch(const watch_options& options);

struct run_options {
  std::string mutex;  // one of these two
  std::string semaphore;
  std::int32_t permits = 1;
  isthmus::scope scope = isthmus::scope::automatic;
  std::optional<duration> timeout;
  std::optional<int> abandoned_code;
  std::vector<std::string> command;
};
int run(const run_options& options);

struct wait_options {
  std::vector<std::string> names;
  isthmus::scope scope = isthmus::scope::automatic;
  bool all = false;
  std::optional<duration> timeout;
};
int wait(const wait_options& options);

struct signal_options {
  std::string name;
  isthmus::scope scope = isthmus::scope::automatic;
  std::int32_t count = 1;  // release
  duration due = {};       // arm
  std::chrono::milliseconds period = {};
};
int set(const signal_options& options);
int reset(const signal_options& options);
int pulse(const signal_options& options);
int release(const signal_options& options);
int arm(const signal_options& options);
int cancel(const signal_options& options);

struct create_options {
  isthmus::object_kind kind = isthmus::object_kind::none;
  std::string name;
  isthmus::scope scope = isthmus::scope::automatic;
  isthmus::audience audience = isthmus::audience::owner;
  bool or_open = false;
  std::optional<std::uint64_t> size;  // section; of a file, none or 0 is as large as that is
  std::string file;
  std::int32_t initial = 0;  // semaphore
  std::int32_t maximum = 0x7FFFFFFF;
  bool manual = false;  // event, timer
  bool set = false;     // event
  bool owned = false;   // mutex
  std::vector<std::string> command;
};
int create(const create_options& options);

struct bytes_options {
  std::string name;
  isthmus::scope scope = isthmus::scope::automatic;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
  bool hex = false;  // read
};
int read(const bytes_options& options);
int write(const bytes_options& options);

struct clean_options {
  std::vector<isthmus::scope> scopes = {isthmus::scope::session};
  bool dry_run = false;
};
int clean(const clean_options& options);

struct doctor_options {
  bool json = false;
};
int doctor(const doctor_options& options);

}  // namespace tool
