// SPDX-License-Identifier: MIT
#include "process.hpp"

#include "win32/command_line.hpp"
#include "win32/environment.hpp"
#include "win32/handle.hpp"
#include "win32/open_dispatcher.hpp"
#include "win32/process_handle.hpp"
#include "win32/wait_handles.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cwctype>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isthmus::detail {

namespace {

struct win32_process : win32_dispatcher {
  DWORD id = 0;
};

HANDLE process_handle_of(const dispatcher& process) noexcept {
  return static_cast<const win32_process&>(process).handle.get();
}

/// What the child gets: its standard streams and what is passed, and these alone of all handles
/// that happen to be inheritable.
class passed_handles {
 public:
  passed_handles(const start_request& request, failure& why) {
    constexpr std::array which{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    for (std::size_t i = 0; i < which.size(); ++i) {
      const HANDLE given = request.streams[i].get();
      streams_[i] = inheritable(given != nullptr ? given : ::GetStdHandle(which[i]));
      if (given != nullptr && streams_[i] == nullptr) why.set_native(last_error());
      add(streams_[i]);
    }
    for (const HANDLE each : request.passed) add(each);
  }

  /// Whether there are any. A program without a console may have none.
  [[nodiscard]] bool any() const noexcept { return !list_.empty(); }
  [[nodiscard]] std::vector<HANDLE>& list() noexcept { return list_; }

  void apply(STARTUPINFOW& info) const noexcept {
    info.dwFlags |= STARTF_USESTDHANDLES;
    info.hStdInput = streams_[0];
    info.hStdOutput = streams_[1];
    info.hStdError = streams_[2];
  }

 private:
  /// The list may name a handle only once, and two streams are often one.
  void add(HANDLE handle) {
    const bool listed = std::find(list_.begin(), list_.end(), handle) != list_.end();
    if (handle != nullptr && !listed) list_.push_back(handle);
  }
  HANDLE inheritable(HANDLE stream) {
    DWORD flags = 0;
    if (stream == nullptr || !::GetHandleInformation(stream, &flags)) return nullptr;
    if ((flags & HANDLE_FLAG_INHERIT) != 0) return stream;
    const HANDLE here = ::GetCurrentProcess();
    HANDLE made = nullptr;
    if (!::DuplicateHandle(here, stream, here, &made, 0, TRUE, DUPLICATE_SAME_ACCESS)) {
      return nullptr;
    }
    owned_.emplace_back(made);
    return made;
  }

  std::array<HANDLE, 3> streams_ = {};
  std::vector<HANDLE> list_;
  std::vector<unique_handle> owned_;
};

/// A list of attributes with one entry: the handles that the child inherits.
class inheritance {
 public:
  inheritance(std::vector<HANDLE>& handles, failure& why) {
    SIZE_T size = 0;
    ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
    memory_ = std::make_unique<std::byte[]>(size);
    auto* const list = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.get());
    if (::InitializeProcThreadAttributeList(list, 1, 0, &size)) list_ = list;
    if (list_ == nullptr ||
        !::UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles.data(),
                                     handles.size() * sizeof(HANDLE), nullptr, nullptr)) {
      why.set_native(last_error());
    }
  }
  inheritance(const inheritance&) = delete;
  inheritance& operator=(const inheritance&) = delete;
  ~inheritance() {
    if (list_ != nullptr) ::DeleteProcThreadAttributeList(list_);
  }

  [[nodiscard]] LPPROC_THREAD_ATTRIBUTE_LIST get() const noexcept { return list_; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  LPPROC_THREAD_ATTRIBUTE_LIST list_ = nullptr;
};

/// How to start a program, apart from which.
struct launch {
  std::wstring line;
  std::wstring environment;
  const wchar_t* directory;
  STARTUPINFOEXW info;
  BOOL inherit;
};

/// Starts it; 0, or the number of the error.
int create(const wchar_t* program, launch& how, win32_process& state) {
  PROCESS_INFORMATION made = {};
  if (!::CreateProcessW(program, how.line.data(), nullptr, nullptr, how.inherit,
                        EXTENDED_STARTUPINFO_PRESENT | CREATE_UNICODE_ENVIRONMENT,
                        how.environment.data(), how.directory, &how.info.StartupInfo, &made)) {
    return last_error();
  }
  ::CloseHandle(made.hThread);
  state.handle = unique_handle(made.hProcess);
  state.id = made.dwProcessId;
  return 0;
}

/// Whether the program is a name to look for, not a place to look at.
bool bare(const std::filesystem::path& program) {
  return !program.has_parent_path() && !program.has_root_path();
}

/// The error of a directory must not look like the program's.
bool check_directory(const std::filesystem::path& path, failure& why) {
  const DWORD attributes = ::GetFileAttributesW(path.c_str());
  const int number = attributes == INVALID_FILE_ATTRIBUTES          ? last_error()
                     : (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0 ? ERROR_PATH_NOT_FOUND
                                                                    : 0;
  if (number == 0) return true;
  why.set_native(number);
  why.detail = "the working directory " + text_of(path) + ": " + why.code.message();
  return false;
}

void explain(int number, const std::filesystem::path& program, failure& why) {
  const DWORD attributes = ::GetFileAttributesW(program.c_str());
  const bool folder =
      attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  // For a folder Windows says 5 and Wine 6.
  if (number == ERROR_BAD_EXE_FORMAT || (folder && !bare(program))) {
    return why.set(errc::access_denied, "this is not a program");
  }
  if (number == ERROR_FILENAME_EXCED_RANGE) {
    return why.set(errc::invalid_argument, "the arguments are too long");
  }
  why.set_native(number);
}

}  // namespace

dispatcher* start_process(const start_request& request, failure& why) {
  const process_options& options = request.options;
  std::filesystem::path program = options.program;
  program.make_preferred();
  if (is_batch_file(program.native())) {
    // The shell reads a command line by rules of its own, so arguments could become commands.
    why.set(errc::not_supported, "batch files cannot be started safely; start cmd.exe yourself");
    return nullptr;
  }
  std::filesystem::path directory = options.working_directory;
  directory.make_preferred();
  launch how{command_line(program.native(), options.arguments, why),
             environment_block(options, request.hint, why),
             directory.empty() ? nullptr : directory.c_str(),
             {},
             FALSE};
  if (why || (how.directory != nullptr && !check_directory(directory, why))) return nullptr;

  passed_handles passed(request, why);
  if (why) return nullptr;
  std::unique_ptr<inheritance> list;
  how.info.StartupInfo.cb = sizeof how.info;
  if (passed.any()) {
    list = std::make_unique<inheritance>(passed.list(), why);
    if (why) return nullptr;
    how.info.lpAttributeList = list->get();
    how.inherit = TRUE;
    passed.apply(how.info.StartupInfo);
  }

  auto state = std::make_unique<win32_process>();
  state->kind = kind::process;
  state->info.access = dispatcher_rights;
  state->info.created = true;
  // Only a bare name is looked for; a path means what it says, but for the usual extension.
  int number = create(bare(program) ? nullptr : program.c_str(), how, *state);
  if (number == ERROR_FILE_NOT_FOUND && !bare(program) && !program.has_extension()) {
    program += L".exe";
    number = create(program.c_str(), how, *state);
  }
  if (number != 0) {
    explain(number, options.program, why);
    return nullptr;
  }
  return state.release();
}

dispatcher* open_process(std::uint32_t id, access rights, failure& why) {
  const DWORD mask = PROCESS_QUERY_LIMITED_INFORMATION |
                     (includes(rights, access::wait) ? SYNCHRONIZE : 0) |
                     (includes(rights, access::modify) ? PROCESS_TERMINATE : 0);
  auto state = std::make_unique<win32_process>();
  state->kind = kind::process;
  state->info.access = rights;
  state->id = id;
  state->handle = unique_handle(::OpenProcess(mask, FALSE, id));
  if (state->handle) return state.release();
  const int number = last_error();
  if (number == ERROR_INVALID_PARAMETER)
    why.set(errc::not_found, "there is no process of this number");
  else
    why.set_native(number);
  return nullptr;
}

void delete_process(dispatcher& process) noexcept { delete static_cast<win32_process*>(&process); }

std::uint32_t process_id(const dispatcher& state) noexcept {
  return static_cast<const win32_process&>(state).id;
}

std::optional<std::int32_t> process_exit_code(dispatcher& state) noexcept {
  DWORD code = 0;
  // A process that runs has the code 259, which one that has ended may have, too. Only who may wait
  // can ask whether it runs.
  const bool may_wait = includes(state.info.access, access::wait);
  if ((may_wait && ::WaitForSingleObject(process_handle_of(state), 0) != WAIT_OBJECT_0) ||
      !::GetExitCodeProcess(process_handle_of(state), &code) ||
      (!may_wait && code == STILL_ACTIVE)) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(code);
}

void end_this_process(std::int32_t code) noexcept {
  ::TerminateProcess(::GetCurrentProcess(), static_cast<DWORD>(code));
  std::abort();  // which is never reached
}

void terminate_process(dispatcher& state, failure& why) {
  if (::TerminateProcess(process_handle_of(state), terminated_exit_code)) return;
  const int number = last_error();
  // One that has ended, or is about to, refuses; that is no failure.
  if (number != ERROR_ACCESS_DENIED ||
      wait_on(process_handle_of(state), std::chrono::seconds(1)) != 0) {
    why.set_native(number);
  }
}

}  // namespace isthmus::detail
