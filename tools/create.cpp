// SPDX-License-Identifier: MIT
#include "commands.hpp"
#include "exit_code.hpp"
#include "names.hpp"
#include "signals.hpp"
#include "started.hpp"
#include "terminal.hpp"

#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/wait.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <thread>

namespace tool {
namespace {

using isthmus::object_kind;

template <class Kind, class Options>
isthmus::any_object make(const create_options& how, const Options& options) {
  return isthmus::any_object(how.or_open ? Kind::open_or_create(options) : Kind::create(options));
}

isthmus::any_object make_section(const create_options& how, const isthmus::permissions& who) {
  if (how.file.empty())
    return make<isthmus::section>(
        how, isthmus::section_options{
                 .name = how.name, .size = *how.size, .scope = how.scope, .permissions = who});
  const std::filesystem::path file(std::u8string(how.file.begin(), how.file.end()));
  return isthmus::any_object(
      isthmus::section::from_file(file, {.name = how.name,
                                         .size = how.size.value_or(0),
                                         .access = isthmus::access::read | isthmus::access::write,
                                         .scope = how.scope,
                                         .permissions = who}));
}

isthmus::any_object make(const create_options& how) {
  const isthmus::permissions who{.read = how.audience, .modify = how.audience};
  const auto mode = how.manual ? isthmus::reset_mode::manual : isthmus::reset_mode::automatic;
  switch (how.kind) {
    case object_kind::section:
      return make_section(how, who);
    case object_kind::mutex:
      return make<isthmus::mutex>(how, isthmus::mutex_options{.name = how.name,
                                                              .initially_owned = how.owned,
                                                              .scope = how.scope,
                                                              .permissions = who});
    case object_kind::semaphore:
      return make<isthmus::semaphore>(how, isthmus::semaphore_options{.name = how.name,
                                                                      .initial = how.initial,
                                                                      .maximum = how.maximum,
                                                                      .scope = how.scope,
                                                                      .permissions = who});
    case object_kind::event:
      return make<isthmus::event>(how, isthmus::event_options{.name = how.name,
                                                              .mode = mode,
                                                              .initially_set = how.set,
                                                              .scope = how.scope,
                                                              .permissions = who});
    default:
      return make<isthmus::timer>(
          how, isthmus::timer_options{
                   .name = how.name, .mode = mode, .scope = how.scope, .permissions = who});
  }
}

/// Waits for the end of standard input, or to be told to end: 0, or the exit code for that.
int hold_until_end_of_input(signal_relay& signals) {
  // Shared with a thread that may outlive this function, in a read that nothing ends.
  struct reading {
    isthmus::event ended = isthmus::event::create({.mode = isthmus::reset_mode::manual});
    std::exception_ptr failure;
  };
  const auto input = std::make_shared<reading>();
  std::thread([input] {
    std::array<std::byte, 4096> ignored{};
    try {
      while (read_input(ignored) != 0) {
      }
    } catch (...) {
      input->failure = std::current_exception();
    }
    std::error_code none;
    input->ended.set(none);
  }).detach();
  if (isthmus::wait_any({input->ended, signals.told_to_end()}).index != 0)
    return signals.exit_code();
  if (input->failure) std::rethrow_exception(input->failure);
  return done;
}

/// Owns the mutex if that was asked for: one that was there is waited for. An end in order is no
/// death of its owner.
class ownership {
 public:
  ownership(const create_options& how, isthmus::any_object& object, signal_relay& signals) {
    if (!how.owned) return;
    auto* const guard = object.get<isthmus::mutex>();
    if (!guard->created() && isthmus::wait_any({*guard, signals.told_to_end()}).index != 0)
      throw stop(signals.exit_code(),
                 fmt::format("told to end while waiting for mutex \"{}\"", name_text(how.name)));
    guard_ = guard;
  }
  ownership(const ownership&) = delete;
  ownership& operator=(const ownership&) = delete;
  ~ownership() {
    std::error_code ignored;
    if (guard_ != nullptr) guard_->unlock(ignored);
  }

 private:
  isthmus::mutex* guard_ = nullptr;
};

}  // namespace

int create(const create_options& options) {
  signal_relay signals;
  auto object = make(options);
  const ownership owned(options, object, signals);
  if (!options.command.empty()) return run_to_end(options.command, signals);
  std::string_view name = options.name;
  const auto where = take_scope(name, options.scope);
  fmt::print("{} {}\n", to_string(options.kind), name_text(name, where));  // it is there now
  if (std::fflush(stdout) != 0) throw stop(failed, no_output);
  return hold_until_end_of_input(signals);
}

}  // namespace tool
