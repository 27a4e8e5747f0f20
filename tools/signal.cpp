// SPDX-License-Identifier: MIT
//
// set, reset, pulse, release, arm and cancel.
#include "any.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "names.hpp"
#include "words.hpp"

#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/inspect.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>

#include <fmt/format.h>

#include <string>
#include <system_error>

namespace tool {
namespace {

/// Opens an object to change it, and does that.
template <class Kind, class Options, class Change>
int change(const signal_options& options, const char* kind, Change what) {
  Kind object;
  try {
    object = Kind::open(
        Options{.name = options.name, .access = isthmus::access::modify, .scope = options.scope});
  } catch (const isthmus::error& failure) {
    explain_kind(failure, options.name, options.scope, kind);
  }
  what(object);
  return done;
}

template <class Change>
int change_event(const signal_options& options, Change what) {
  return change<isthmus::event, isthmus::event_open_options>(options, "event", what);
}

template <class Change>
int change_timer(const signal_options& options, Change what) {
  return change<isthmus::timer, isthmus::timer_open_options>(options, "timer", what);
}

std::string too_many(const signal_options& options) {
  std::error_code ec;
  const auto found = isthmus::inspect(options.name, options.scope, ec);
  return fmt::format(
      "semaphore \"{}\" has {}; {} more would exceed its maximum: give a smaller "
      "--count",
      name_text(options.name), ec ? "its maximum" : state_text(found), options.count);
}

}  // namespace

int set(const signal_options& options) {
  return change_event(options, [](isthmus::event& object) { object.set(); });
}

int reset(const signal_options& options) {
  return change_event(options, [](isthmus::event& object) { object.reset(); });
}

int pulse(const signal_options& options) {
  return change_event(options, [](isthmus::event& object) { object.pulse(); });
}

int release(const signal_options& options) {
  return change<isthmus::semaphore, isthmus::semaphore_open_options>(
      options, "semaphore", [&](isthmus::semaphore& object) {
        std::error_code ec;
        object.release(options.count, ec);
        if (ec == isthmus::errc::limit_exceeded) throw stop(failed, too_many(options));
        if (ec) object.release(options.count);  // says why
      });
}

int arm(const signal_options& options) {
  return change_timer(options,
                      [&](isthmus::timer& object) { object.arm(options.due, options.period); });
}

int cancel(const signal_options& options) {
  return change_timer(options, [](isthmus::timer& object) { object.cancel(); });
}

}  // namespace tool
