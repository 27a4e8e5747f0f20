// SPDX-License-Identifier: MIT
//
// The crash tests' view of a library: what it calls a mutex, a section and an event that have a
// name. Each library has one file that defines these, and main.cpp makes a program of it.
// crash_table.py starts and kills the programs.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace peers {

inline constexpr std::size_t section_size = 4096;

/// The library has no such thing.
struct not_offered : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class mutex {
 public:
  mutex() = default;
  mutex(const mutex&) = delete;
  mutex& operator=(const mutex&) = delete;
  virtual ~mutex() = default;
  /// Takes it; whether the owner before was reported to have died.
  virtual bool lock() = 0;
  /// The same within a limit, empty if that passed; or not_offered.
  virtual std::optional<bool> lock_for(std::chrono::milliseconds limit) = 0;
  virtual void unlock() = 0;
};
/// Makes it, or opens the one that is there.
std::unique_ptr<mutex> make_mutex(const std::string& name);

class section {
 public:
  section() = default;
  section(const section&) = delete;
  section& operator=(const section&) = delete;
  virtual ~section() = default;
  virtual unsigned char* data() = 0;
};
/// Makes a new one, where the library can tell; fails if the name is taken.
std::unique_ptr<section> make_section(const std::string& name, std::size_t size);

class event {
 public:
  event() = default;
  event(const event&) = delete;
  event& operator=(const event&) = delete;
  virtual ~event() = default;
  virtual void set() = 0;
  virtual void wait() = 0;
};
/// One that lets one waiter pass for each time it is set; or not_offered.
std::unique_ptr<event> make_event(const std::string& name);

/// What the library calls itself, and its version.
std::string version();

}  // namespace peers
