// SPDX-License-Identifier: MIT
//
// What programs do with each kind of object, by the forms that report errors in an error_code.
#pragma once

#include <isthmus/clean.hpp>
#include <isthmus/error.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/isthmus.hpp>

#include <array>
#include <chrono>
#include <string_view>
#include <system_error>

namespace white {

using namespace std::chrono_literals;
using isthmus::access;
using isthmus::errc;

// Longer than a string that needs no memory.
inline constexpr std::string_view session_name = "a name that is longer than any short string";
inline constexpr std::string_view global_name =
    "Global\\a name that is longer than any short string";

inline std::string_view name_in(bool global) { return global ? global_name : session_name; }

/// Errors that are none of memory.
class judge {
 public:
  void operator()(const std::error_code& ec) noexcept {
    if (ec && ec != errc::not_enough_memory && !bad_) bad_ = ec;
  }
  /// After another step has failed, that one's object is missing.
  void operator()(const std::error_code& ec, bool possible) noexcept {
    if (possible) (*this)(ec);
  }
  [[nodiscard]] bool fair() const noexcept { return !bad_; }
  [[nodiscard]] std::error_code bad() const noexcept { return bad_; }

 private:
  std::error_code bad_;
};

inline void use_sections(judge& told, bool global) {
  std::error_code ec;
  auto made = isthmus::section::create({.name = name_in(global), .size = 8192}, ec);
  told(ec);
  const bool there = static_cast<bool>(made);
  auto view = isthmus::view::map(made, {}, ec);
  told(ec, there);
  auto opened = isthmus::section::open({.name = name_in(global), .access = access::read}, ec);
  told(ec, there);
  auto same = isthmus::section::open_or_create({.name = name_in(global), .size = 8192}, ec);
  told(ec);
  auto narrowed = made.duplicate(access::read, ec);
  told(ec, there);
  (void)made.creator(ec);
  told(ec, there);
  auto unnamed = isthmus::section::create({.size = 8192, .reserve = true}, ec);
  told(ec);
  auto pages = isthmus::view::map(unnamed, {}, ec);
  told(ec, static_cast<bool>(unnamed));
  view.unmap(ec);
  made.close(ec);
  told(ec);
  opened.close(ec);
  told(ec);
}

inline void use_mutexes(judge& told, bool global) {
  std::error_code ec;
  auto made = isthmus::mutex::create({.name = name_in(global), .initially_owned = true}, ec);
  told(ec);
  const bool there = static_cast<bool>(made);
  made.lock(ec);
  told(ec, there);
  auto opened = isthmus::mutex::open({.name = name_in(global)}, ec);
  told(ec, there);
  (void)opened.try_lock(ec);
  told(ec, static_cast<bool>(opened));
  if (opened && !ec) opened.unlock(ec);
  auto copy = made.duplicate(ec);
  told(ec, there);
  (void)made.creator(ec);
  told(ec, there);
  made.close(ec);
  told(ec);
}

inline void use_the_others(judge& told, bool global) {
  std::error_code ec;
  auto permits =
      isthmus::semaphore::create({.name = name_in(global), .initial = 1, .maximum = 3}, ec);
  told(ec);
  permits.acquire(ec);
  told(ec, static_cast<bool>(permits));
  permits.release(2, ec);
  told(ec, static_cast<bool>(permits));
  permits.close(ec);
  told(ec);
  auto event = isthmus::event::create({.name = name_in(global)}, ec);
  told(ec);
  event.set(ec);
  told(ec, static_cast<bool>(event));
  event.pulse(ec);
  told(ec, static_cast<bool>(event));
  event.reset(ec);
  told(ec, static_cast<bool>(event));
  event.close(ec);
  told(ec);
  auto timer = isthmus::timer::create({.name = name_in(global)}, ec);
  told(ec);
  timer.arm(0ms, 0ms, ec);
  told(ec, static_cast<bool>(timer));
  (void)timer.wait_for(0ms, ec);
  told(ec, static_cast<bool>(timer));
  auto guard = isthmus::mutex::create({}, ec);
  told(ec);
  if (timer && guard) {
    (void)isthmus::wait_any_for({timer, guard}, 0ms, ec);
    told(ec);
    (void)isthmus::wait_all_for({timer, guard}, 0ms, ec);
    told(ec);
  }
  timer.cancel(ec);
  told(ec, static_cast<bool>(timer));
}

inline void use_channels(judge& told, bool) {
  std::error_code ec;
  // Closed last: what is on its way when both ends close keeps an object's name till then.
  auto sent = isthmus::section::create({.name = session_name, .size = 4096}, ec);
  told(ec);
  auto place = isthmus::listener::create({.name = session_name}, ec);
  told(ec);
  if (place) {
    auto near = isthmus::channel::connect({.name = session_name}, ec);
    told(ec);
    auto far = near ? place.accept(10s, ec) : isthmus::channel();
    told(ec);
    if (far && sent) {
      near.send({sent, access::read}, "and a message that needs memory, wherever it is kept", ec);
      told(ec);
      if (!ec) (void)far.receive(10s, ec);
      told(ec);
    }
  }
  auto [first, second] = isthmus::channel::pair(ec);
  told(ec);
  place.close();
}

inline void use_looks(judge& told, bool global) {
  std::error_code ec;
  auto made = isthmus::event::create({.name = name_in(global)}, ec);
  told(ec);
  const auto where = global ? isthmus::scope::global : isthmus::scope::session;
  (void)isthmus::inspect_all(where, ec);
  told(ec);
  (void)isthmus::inspect(session_name, where, ec);
  told(ec, static_cast<bool>(made));
  (void)isthmus::leftovers(where, ec);
  told(ec);
  (void)isthmus::clean(where, ec);
  told(ec);
}

/// Made before any allocation fails.
inline const isthmus::process_options& harmless_program() {
  static const isthmus::process_options options{.program = "/bin/true"};
  return options;
}

inline void use_processes(judge& told, bool) {
  std::error_code ec;
  auto started = isthmus::process::start(harmless_program(), ec);
  told(ec);
  if (started) {
    (void)isthmus::wait_any_for({started}, 10s, ec);
    told(ec);
  }
  auto other = isthmus::process::start(harmless_program(), ec);
  told(ec);
  other.close(ec);
  told(ec);
}

struct usage {
  const char* what;
  void (*use)(judge& told, bool global);
  bool in_global_too;
};
inline constexpr std::array usages{
    usage{"sections", use_sections, true},     usage{"mutexes", use_mutexes, true},
    usage{"the others", use_the_others, true}, usage{"channels", use_channels, false},
    usage{"looks", use_looks, true},           usage{"processes", use_processes, false}};

}  // namespace white
