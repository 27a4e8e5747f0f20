// SPDX-License-Identifier: MIT
//
// Processes: start a program, with what it inherits; wait for its end, alone or beside other
// objects; learn its exit code, end it by force.
//
//     auto worker = isthmus::process::start({.program = "worker",
//                                            .arguments = {"3"},
//                                            .inherit = {{"table", table}, {"guard", guard}}});
//     if (isthmus::wait_any_for({worker, stop}, 10s).index != 0) worker.terminate();
//
// A started process inherits its standard streams, and of the library's objects those that
// `inherit` lists, even while other threads start processes as well (INH-01, INH-04). How it gets
// at them is in inherited.hpp.
//
// The end of a process is a state that stays, like that of a manual event: it satisfies every wait,
// which changes nothing (WAIT-03). A process can be waited for in `wait_any` and `wait_all`, but
// not signalled, and not be passed on to other processes.
//
//   Win32   CreateProcess; arguments are quoted as the C runtime reads them. Only listed handles
//           cross; during the call they are inheritable, so that a CreateProcess of the program's
//           own that inherits everything would take them along.
//   POSIX   posix_spawn; every other descriptor of the library is closed in the child.
//           The library reaps the children that it starts, and only these: a waitpid(-1) of the
//           program may take one first, and SIGCHLD comes for them as for others. A process in a
//           wait for several objects, and one whose handle goes before its end, is watched by a
//           thread of the library, which blocks all signals and ends when there is none to watch.
//           After a fork, what the parent has started is for the child like a process that it has
//           opened.
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/any_object.hpp>
#include <isthmus/inherited.hpp>
#include <isthmus/pipe_end.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/wait.hpp>
#include <isthmus/waitable.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace isthmus {

class channel;

/// A change to the environment that a started process gets.
struct environment_change {
  std::string name = {};                  ///< not empty; no `=` and no NUL in it
  std::optional<std::string> value = {};  ///< absent: the variable is taken away
};

/// Where one of a started process's standard streams leads; native.hpp makes more of them. Paths
/// are relative to the directory of the process that starts, not to the child's.
class stream {
 public:
  /// Left alone: wherever this process's leads.
  stream() noexcept = default;
  /// Input ends at once, output goes nowhere.
  [[nodiscard]] static stream null() { return stream(target::null, {}, nullptr); }
  /// Input comes from the file. Output replaces what is in the file, which is made if need be.
  [[nodiscard]] static stream file(std::filesystem::path path) {
    return {target::file, std::move(path), nullptr};
  }
  /// Output goes to the end of the file, which is made if need be.
  [[nodiscard]] static stream append(std::filesystem::path path) {
    return {target::append, std::move(path), nullptr};
  }
  /// To or from a pipe, whose other end is put into `end` when the process has been started. It
  /// must live that long; what it held is closed.
  [[nodiscard]] static stream pipe(pipe_end& end) { return {target::pipe, {}, &end}; }

 private:
  friend struct detail::native_access;
  enum class target { as_is, null, file, append, pipe, native };
  stream(target to, std::filesystem::path path, pipe_end* end)
      : to_(to), path_(std::move(path)), end_(end) {}
  explicit stream(native_handle_type handle) noexcept : to_(target::native), native_(handle) {}

  target to_ = target::as_is;
  std::filesystem::path path_;
  pipe_end* end_ = nullptr;
  native_handle_type native_ = no_native_handle;
};

/// An object for a started process, the key by which it asks for it, and optionally the rights that
/// its handle will have there: `{"table", table}`, `{"guard", guard, access::wait}` (INH-02). More
/// rights than the handle here has are given as `duplicate` would give them.
///
/// Or one end of a channel::pair(): `{"parent", theirs}`. It stays open here as well, so close it
/// when the process has been started: only then does the process's end close the channel to the
/// other end. not_supported for every other channel.
///
/// native.hpp makes entries of native handles.
struct inherit_entry {
  inherit_entry(std::string_view name, object_ref what) : key(name), object(what) {}
  inherit_entry(std::string_view name, const section& what, access rights)
      : key(name), object(std::in_place, what, rights) {}
  inherit_entry(std::string_view name, const waitable& what, access rights)
      : key(name), object(std::in_place, what, rights) {}
  inherit_entry(std::string_view name, const channel& what) : key(name), end(&what) {}

  std::string key;
  std::optional<object_ref> object;  ///< absent where `end` or a native handle is passed
  const channel* end = nullptr;
  native_handle_type native = no_native_handle;

 private:
  friend struct detail::native_access;
  inherit_entry(std::string_view name, native_handle_type handle, std::nullptr_t)
      : key(name), native(handle) {}
};

/// What to start, and how.
struct process_options {
  /// The program's file. A bare name is looked for where the system looks for commands. A relative
  /// path is relative to the directory of the process that starts, not to `working_directory`.
  std::filesystem::path program = {};
  /// Its arguments as UTF-8, without the program's own name.
  std::vector<std::string> arguments = {};
  /// Changes to the environment, in order, as UTF-8. The rest is this process's own.
  std::vector<environment_change> environment = {};
  /// Begin with no variables instead. Win32: many programs want SYSTEMROOT at least.
  bool empty_environment = false;
  std::filesystem::path working_directory = {};  ///< empty: this process's own
  stream input = {};
  stream output = {};
  stream error = {};
  /// What the process inherits. No key may be empty or there twice (invalid_argument). The objects
  /// and channels are needed during the call only: from then on the child holds them itself.
  std::vector<inherit_entry> inherit = {};
};

/// A handle to a process: a waitable. Giving the handle up does not end the process.
class process : public waitable {
 public:
  process() noexcept = default;

  /// Starts a program. not_found or access_denied where it cannot be run.
  [[nodiscard]] ISTHMUS_API static process start(const process_options& options);
  [[nodiscard]] ISTHMUS_API static process start(const process_options& options,
                                                 std::error_code& ec) noexcept;

  /// A handle to a process that runs already, by the system's number for it: access::wait to wait
  /// for its end, access::modify to terminate it. not_found; access_denied, for example for
  /// processes of other users. The number may belong to another process by the time of the call;
  /// the handle stays with one.
  [[nodiscard]] ISTHMUS_API static process open(std::uint32_t id,
                                                isthmus::access access = access::wait |
                                                                         access::modify);
  [[nodiscard]] ISTHMUS_API static process open(std::uint32_t id, isthmus::access access,
                                                std::error_code& ec) noexcept;
  [[nodiscard]] static process open(std::uint32_t id, std::error_code& ec) noexcept {
    return open(id, access::wait | access::modify, ec);
  }

  /// The system's number for it, 0 if empty.
  [[nodiscard]] ISTHMUS_API std::uint32_t id() const noexcept;

  /// The exit code, once it has ended. POSIX: 128 plus the signal's number for a death by signal;
  /// absent where somebody else has reaped the child (also the system, if SIGCHLD is ignored).
  ///
  /// A POSIX system keeps 8 bits of a code. On Linux a program that is linked with isthmus hands
  /// over all 32, if it ends by exit(), by the return of main (both with glibc only) or by
  /// exit_at_once(): to the process that has started it, and to those that have opened it while it
  /// ran (not long before its main()). So an opened process has an exit code, too. It has none, and
  /// a child has 8 bits, where it ends by _exit() or quick_exit(), belongs to another user, has
  /// closed descriptors that it did not open, or where there is no /proc.
  [[nodiscard]] ISTHMUS_API std::optional<std::int32_t> exit_code() const noexcept;

  /// Ends this process at once, with all 32 bits of the exit code: neither destructors of static
  /// objects nor handlers of atexit() run.
  [[noreturn]] ISTHMUS_API static void exit_at_once(std::int32_t code) noexcept;

  /// Ends it by force, at once and without its consent; it cannot clean up. Its exit code becomes
  /// 137 on both systems. A process that has ended already is left alone. Needs access::modify.
  ISTHMUS_API void terminate();
  ISTHMUS_API void terminate(std::error_code& ec) noexcept;

 private:
  friend struct detail::native_access;
  explicit process(detail::dispatcher* state) noexcept : waitable(state) {}
};

}  // namespace isthmus
