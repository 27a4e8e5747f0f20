// SPDX-License-Identifier: MIT
//
// set, reset, pulse, release, arm and cancel.
#include "any.hpp"
#include "commands.hpp"
#include "exit_code.hpp"

#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>

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
      options, "semaphore", [&](isthmus::semaphore& object) { object.release(options.count); });
}

int arm(const signal_options& options) {
  return change_timer(options,
                      [&](isthmus::timer& object) { object.arm(options.due, options.period); });
}

int cancel(const signal_options& options) {
  return change_timer(options, [](isthmus::timer& object) { object.cancel(); });
}

}  // namespace tool
