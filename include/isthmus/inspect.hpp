// SPDX-License-Identifier: MIT
//
// Looking at objects from outside: what lives in a scope, in which state, and who holds it. Opt-in;
// this is what the `isthmus` command shows.
//
//     for (const auto& each : isthmus::inspect_all())
//       fmt::print("{} {}\n", to_string(each.kind), each.name);
//
// To look is not to hold: a look keeps no name alive, takes part in no wait and changes nothing. It
// shows one moment of each object, which may have passed when the answer is read, so never decide
// by it what only a lock or a wait can decide. Nor is it proof: states of objects of scope::global
// are what their users have written there.
//
//   Win32   what the system tells: of the session's directory every object of these kinds, whoever
//           made it. Holders, waiters and ages are unknown. The system shows no state without a
//           handle, so that of an object is there for some microseconds while it is looked at.
//   POSIX   objects of the library alone. Linux tells holders as far as this user may see the
//           processes; elsewhere they are unknown.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/name.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace isthmus {

/// A process that has to do with an object.
struct process_note {
  std::uint32_t id = 0;
  std::string program;  ///< its file name, without folders; empty: unknown
};

struct section_report {
  std::uint64_t size = 0;
  bool reserve = false;  ///< committed part by part
  bool of_file = false;
  std::string file;  ///< its path, where the system tells
};

/// What has become of a mutex.
enum class mutex_use {
  free,
  owned,
  abandoned,  ///< its owner has died, and the next one will be told
};

/// "free", "owned" or "abandoned".
[[nodiscard]] ISTHMUS_API std::string_view to_string(mutex_use value) noexcept;

struct mutex_report {
  mutex_use use = mutex_use::free;
  std::uint32_t depth = 0;  ///< how often its owner has it
  std::optional<process_note> owner;
  std::optional<std::uint32_t> thread;        ///< the system's number for the owner's thread
  std::optional<last_owner_info> last_owner;  ///< see mutex.hpp
};

struct semaphore_report {
  std::int32_t count = 0;
  std::int32_t maximum = 0;
};

struct event_report {
  bool set = false;
  reset_mode mode = reset_mode::automatic;
};

struct timer_report {
  bool set = false;
  /// Win32 does not tell apart a timer that is armed and one that was cancelled before it was due.
  bool armed = false;
  std::optional<std::chrono::nanoseconds> due_in;   ///< armed: until it is next set
  std::optional<std::chrono::milliseconds> period;  ///< armed: zero if there is none; not on Win32
  std::optional<reset_mode> mode;                   ///< not on Win32
};

/// An object as it was when it was looked at. Whatever the system does not tell is absent or empty.
struct object_report {
  object_kind kind = object_kind::none;  ///< none: could not be looked at; see `problem`
  std::string name;                      ///< without prefix
  isthmus::scope scope = isthmus::scope::session;
  std::variant<std::monostate, section_report, mutex_report, semaphore_report, event_report,
               timer_report>
      state;
  /// POSIX: nobody holds it. The name is free; clean() gives its memory back.
  bool leftover = false;
  std::optional<std::vector<process_note>> holders;
  bool more_holders = false;             ///< there may be others that this user cannot see
  std::optional<std::uint32_t> handles;  ///< Win32: how many there are, but for our own
  /// Whether somebody may be waiting, and how many. Linux counts the threads that sleep at this
  /// moment. Where the kernel cannot be asked, `waited_for` is the object's own mark, which stays
  /// after a timeout or a death until the object is next given; `waiters` is then absent.
  std::optional<bool> waited_for;
  std::optional<std::uint32_t> waiters;
  std::string permissions;  ///< as permissions::native: the mode in octal, or SDDL
  std::optional<creator_info> creator;
  std::optional<std::chrono::system_clock::time_point> made;
  std::string problem;  ///< why it could not be looked at, and what to do
};

/// All objects of a scope (automatic: session), by name. One that cannot be looked at is in the
/// list, with what is wrong. An error where the scope's directory cannot be read.
[[nodiscard]] ISTHMUS_API std::vector<object_report> inspect_all(scope where = scope::automatic);
[[nodiscard]] ISTHMUS_API std::vector<object_report> inspect_all(scope where,
                                                                 std::error_code& ec) noexcept;

/// The object of this name: not_found where there is none, and no leftover either.
[[nodiscard]] ISTHMUS_API object_report inspect(std::string_view name,
                                                scope where = scope::automatic);
[[nodiscard]] ISTHMUS_API object_report inspect(std::string_view name, scope where,
                                                std::error_code& ec) noexcept;

/// Where the names of a scope live.
struct place_report {
  std::string path;
  std::string problem;  ///< why no name can live there, and what to do; empty: all is well
};

/// How this library was built, and where it works.
struct system_report {
  std::string backend;   ///< "posix" or "win32"
  std::string lifetime;  ///< how the life of names is kept: "one file", "anchor", "kernel"
  std::string engine;    ///< how it sleeps and learns of deaths: "kernel" or "portable"
  place_report session;
  place_report global;
};
[[nodiscard]] ISTHMUS_API system_report inspect_system();

}  // namespace isthmus
