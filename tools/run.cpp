// SPDX-License-Identifier: MIT
//
// The command runs as a child of this program, which has the mutex or the permit: so that is given
// back however the command ends. Should this program itself be killed, the system sees to a mutex
// (the next owner is told), and a permit is lost, as it is with every process that dies with one.
#include "commands.hpp"
#include "exit_code.hpp"
#include "names.hpp"
#include "signals.hpp"
#include "started.hpp"
#include "terminal.hpp"
#include "waits.hpp"

#include <isthmus/mutex.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/wait.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <mutex>
#include <system_error>
#include <utility>

namespace tool {
namespace {

enum class outcome { had, abandoned, timed_out, told_to_end };

outcome wait_for(isthmus::waitable& wanted, signal_relay& signals,
                 const std::optional<duration>& timeout) {
  // The object comes first: what is free is had, whatever else is true.
  const isthmus::wait_ref objects[] = {wanted, signals.told_to_end()};
  const auto result =
      timeout ? isthmus::wait_any_for(objects, *timeout) : isthmus::wait_any(objects);
  if (result.status == isthmus::wait_status::timeout) return outcome::timed_out;
  if (result.index == 1) return outcome::told_to_end;
  return result.status == isthmus::wait_status::abandoned ? outcome::abandoned : outcome::had;
}

int run_with(isthmus::mutex& guard, const run_options& options, signal_relay& signals,
             bool was_abandoned) {
  const std::lock_guard had(guard, std::adopt_lock);
  if (was_abandoned && options.abandoned_code)
    throw stop(*options.abandoned_code,
               abandoned_text(options.mutex, options.scope) + "; the command has not been run");
  constexpr const char* variable = "ISTHMUS_ABANDONED";
  if (!was_abandoned)  // nor what others were told
    return run_to_end(options.command, signals, {{.name = variable}});
  say(fmt::format("isthmus: {}\n", abandoned_text(options.mutex, options.scope)));
  return run_to_end(options.command, signals, {{.name = variable, .value = "1"}});
}

/// Gives a permit back, whatever happens.
class permit {
 public:
  explicit permit(isthmus::semaphore& of) noexcept : of_(of) {}
  permit(const permit&) = delete;
  permit& operator=(const permit&) = delete;
  ~permit() {
    std::error_code ignored;  // more than the maximum: somebody else has released too much
    of_.release(1, ignored);
  }

 private:
  isthmus::semaphore& of_;
};

[[noreturn]] void had_none(outcome how, const std::string& name, const run_options& options,
                           const signal_relay& signals) {
  if (how == outcome::timed_out)
    throw stop(timed_out, timeout_text(name, options.scope, *options.timeout));
  throw stop(signals.exit_code(),
             fmt::format("told to end while waiting for \"{}\"; the command has not been run",
                         name_text(name)));
}

}  // namespace

int run(const run_options& options) {
  signal_relay signals;
  if (!options.mutex.empty()) {
    auto guard = isthmus::mutex::open_or_create({.name = options.mutex, .scope = options.scope});
    const outcome how = wait_for(guard, signals, options.timeout);
    if (how != outcome::had && how != outcome::abandoned)
      had_none(how, options.mutex, options, signals);
    return run_with(guard, options, signals, how == outcome::abandoned);
  }
  auto rooms = isthmus::semaphore::open_or_create({.name = options.semaphore,
                                                   .initial = options.permits,
                                                   .maximum = options.permits,
                                                   .scope = options.scope});
  const outcome how = wait_for(rooms, signals, options.timeout);
  if (how != outcome::had) had_none(how, options.semaphore, options, signals);
  const permit had(rooms);
  return run_to_end(options.command, signals);
}

}  // namespace tool
