// SPDX-License-Identifier: MIT
#include "../process.hpp"

#include "command_line.hpp"
#include "handle.hpp"
#include "wait.hpp"

#include <algorithm>
#include <array>
#include <cwctype>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isthmus::detail {

struct process_state {
  unique_handle handle;
  DWORD id = 0;
};

namespace {

/// The standard streams for the child, and these alone of all handles that happen to be
/// inheritable.
class streams {
 public:
  streams() {
    constexpr std::array which{STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    for (std::size_t i = 0; i < which.size(); ++i) {
      given_[i] = inheritable(::GetStdHandle(which[i]));
      // The list may name a handle only once, and two streams are often one.
      const bool listed = std::ranges::find(list_, given_[i]) != list_.end();
      if (given_[i] != nullptr && !listed) list_.push_back(given_[i]);
    }
  }

  /// Whether there are any. A program without a console may have none.
  [[nodiscard]] bool any() const noexcept { return !list_.empty(); }
  [[nodiscard]] std::vector<HANDLE>& list() noexcept { return list_; }

  void apply(STARTUPINFOW& info) const noexcept {
    info.dwFlags |= STARTF_USESTDHANDLES;
    info.hStdInput = given_[0];
    info.hStdOutput = given_[1];
    info.hStdError = given_[2];
  }

 private:
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

  std::array<HANDLE, 3> given_ = {};
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

/// Starts it; 0, or the number of the error.
int create(const wchar_t* program, std::wstring& line, STARTUPINFOEXW& info, BOOL inherit,
           process_state& state) {
  PROCESS_INFORMATION made = {};
  if (!::CreateProcessW(program, line.data(), nullptr, nullptr, inherit,
                        EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr, &info.StartupInfo, &made)) {
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

process_state* start_process(const process_options& options, failure& why) {
  std::filesystem::path program = options.program;
  program.make_preferred();
  if (is_batch_file(program.native())) {
    // The shell reads a command line by rules of its own, so arguments could become commands.
    why.set(errc::not_supported, "batch files cannot be started safely; start cmd.exe yourself");
    return nullptr;
  }
  std::wstring line = command_line(program.native(), options.arguments, why);
  if (why) return nullptr;

  streams passed;
  std::unique_ptr<inheritance> list;
  STARTUPINFOEXW info = {};
  info.StartupInfo.cb = sizeof info;
  if (passed.any()) {
    list = std::make_unique<inheritance>(passed.list(), why);
    if (why) return nullptr;
    info.lpAttributeList = list->get();
    passed.apply(info.StartupInfo);
  }

  auto state = std::make_unique<process_state>();
  const BOOL inherit = passed.any() ? TRUE : FALSE;
  // Only a bare name is looked for; a path means what it says, but for the usual extension.
  int number = create(bare(program) ? nullptr : program.c_str(), line, info, inherit, *state);
  if (number == ERROR_FILE_NOT_FOUND && !bare(program) && !program.has_extension()) {
    program += L".exe";
    number = create(program.c_str(), line, info, inherit, *state);
  }
  if (number != 0) {
    explain(number, options.program, why);
    return nullptr;
  }
  return state.release();
}

std::uint32_t process_id(const process_state& state) noexcept { return state.id; }

wait_status wait_process(process_state& state, std::chrono::nanoseconds limit, failure& why) {
  switch (wait_on(state.handle.get(), limit)) {
    case WAIT_OBJECT_0:
      return wait_status::signaled;
    case WAIT_TIMEOUT:
      return wait_status::timeout;
    default:
      why.set_native(last_error());
      return wait_status::failed;
  }
}

std::optional<std::int32_t> process_exit_code(process_state& state) noexcept {
  DWORD code = 0;
  // A process that runs has the code 259, which one that has ended may have, too.
  if (::WaitForSingleObject(state.handle.get(), 0) != WAIT_OBJECT_0 ||
      !::GetExitCodeProcess(state.handle.get(), &code)) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(code);
}

void terminate_process(process_state& state, failure& why) {
  if (::TerminateProcess(state.handle.get(), terminated_exit_code)) return;
  const int number = last_error();
  // One that has ended, or is about to, refuses; that is no failure.
  if (number != ERROR_ACCESS_DENIED || wait_on(state.handle.get(), std::chrono::seconds(1)) != 0) {
    why.set_native(number);
  }
}

native_handle_type process_handle(const process_state& state) noexcept {
  return state.handle.get();
}

void close_process_state(process_state* state) noexcept { delete state; }

}  // namespace isthmus::detail
