// SPDX-License-Identifier: MIT
//
// CreateProcess over isthmus::process.
#include "attribute_list.hpp"
#include "command_line.hpp"
#include "error.hpp"
#include "inherit.hpp"
#include "posix/own.hpp"
#include "process.hpp"
#include "security.hpp"
#include "table.hpp"
#include "text.hpp"

#include <isthmus/error.hpp>
#include <isthmus/native.hpp>
#include <isthmus/process.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace isthmus::veneer {
namespace {

constexpr DWORD priority_classes = IDLE_PRIORITY_CLASS | BELOW_NORMAL_PRIORITY_CLASS |
                                   NORMAL_PRIORITY_CLASS | ABOVE_NORMAL_PRIORITY_CLASS |
                                   HIGH_PRIORITY_CLASS | REALTIME_PRIORITY_CLASS;
constexpr DWORD meaningless = DETACHED_PROCESS | CREATE_NEW_CONSOLE | priority_classes |
                              CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT |
                              CREATE_DEFAULT_ERROR_MODE | CREATE_NO_WINDOW;

/// The arguments of both forms.
struct order {
  std::optional<std::string> application;
  std::optional<std::string> line;
  std::optional<std::string> directory;
  const void* environment = nullptr;
  DWORD flags = 0;
  bool inherit = false;
  DWORD how = 0;
  std::array<HANDLE, 3> streams{};
  const attribute_list* attributes = nullptr;  ///< none: every inheritable handle
};

struct not_a_text {};  // half of a pair

std::optional<std::string> text_of(const char* text) {
  return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
}
std::optional<std::string> text_of(const char16_t* text) {
  std::string made;
  if (text == nullptr) return std::nullopt;
  if (!to_utf8(text, made)) throw not_a_text();
  return made;
}

/// A block of "name=value". What begins with '=' is a shell's own note of a drive's directory.
template <class Char>
void read_environment(const Char* block, process_options& options) {
  options.empty_environment = true;
  for (; *block != 0; block += std::char_traits<Char>::length(block) + 1) {
    const std::string one = *text_of(block);
    const auto sign = one.find('=');
    if (sign != 0 && sign != one.npos)
      options.environment.push_back({one.substr(0, sign), one.substr(sign + 1)});
  }
}

/// As everywhere in the veneer, a backslash in a path is a slash.
std::string with_slashes(std::string path) {
  std::replace(path.begin(), path.end(), '\\', '/');
  return path;
}

bool is_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

/// Where the first word of a command line leads: beside this program, in the current directory, or
/// where the system looks.
std::filesystem::path looked_for(const std::filesystem::path& name) {
  if (name.has_parent_path()) return name;
  auto beside = std::filesystem::path(own_program()).parent_path() / name;
  if (is_file(beside)) return beside;
  return is_file(name) ? "." / name : name;
}

DWORD choose_program(const order& what, process_options& options) {
  auto words = split(what.line.value_or(""));
  options.arguments = std::move(words.arguments);
  if (what.application) {
    options.program = with_slashes(*what.application);
    if (!options.program.has_parent_path()) options.program = "." / options.program;
  } else {
    options.program = looked_for(with_slashes(words.program));
  }
  if (!options.program.has_filename()) return ERROR_FILE_NOT_FOUND;
  std::error_code ignored;
  const auto folder = options.program.parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored))
    return ERROR_PATH_NOT_FOUND;
  return ERROR_SUCCESS;
}

void lead_streams(const order& what, process_options& options, std::array<pin, 3>& pins) {
  if ((what.how & STARTF_USESTDHANDLES) == 0) return;
  const std::array<stream*, 3> streams{&options.input, &options.output, &options.error};
  for (std::size_t i = 0; i < streams.size(); ++i) {
    pins[i] = pin(what.streams[i]);
    const auto native = pins[i] ? native_of(*pins[i]) : no_native_handle;
    // What is no file is no stream: the child has none, as on Win32.
    *streams[i] = native != no_native_handle ? stream_from_native(native) : stream::null();
  }
}

DWORD pass(const order& what, passed_handles& passed) {
  if (what.attributes != nullptr && what.attributes->handles.data() != nullptr) {
    if (!what.inherit) return ERROR_INVALID_PARAMETER;
    return pass_listed(what.attributes->handles, passed);
  }
  if (what.inherit) pass_all(passed);
  return ERROR_SUCCESS;
}

DWORD prepare(const order& what, process_options& options) {
  if (!what.application && !what.line) return ERROR_INVALID_PARAMETER;
  if ((what.flags & ~(meaningless | EXTENDED_STARTUPINFO_PRESENT)) != 0) return ERROR_NOT_SUPPORTED;
  if (const DWORD error = choose_program(what, options)) return error;
  if (what.directory) {
    std::error_code ignored;
    const std::filesystem::path directory(with_slashes(*what.directory));
    if (!std::filesystem::is_directory(directory, ignored)) return ERROR_DIRECTORY;
    options.working_directory = directory;
  }
  if (what.environment == nullptr) return ERROR_SUCCESS;
  if ((what.flags & CREATE_UNICODE_ENVIRONMENT) != 0)
    read_environment(static_cast<const char16_t*>(what.environment), options);
  else
    read_environment(static_cast<const char*>(what.environment), options);
  return ERROR_SUCCESS;
}

BOOL start(const order& what, const SECURITY_ATTRIBUTES* for_process,
           const SECURITY_ATTRIBUTES* for_thread, PROCESS_INFORMATION& made) {
  process_options options;
  passed_handles passed;
  std::array<pin, 3> pins;
  if (const DWORD error = prepare(what, options)) return fail(error);
  lead_streams(what, options, pins);
  if (const DWORD error = pass(what, passed)) return fail(error);
  options.inherit = std::move(passed.entries);
  std::error_code ec;
  process started = process::start(options, ec);
  if (ec) return fail(number_of(ec));
  const auto state = started_process(std::move(started));
  HANDLE thread_handle = nullptr;
  const HANDLE process_handle =
      insert(std::make_unique<process_entry>(state, PROCESS_ALL_ACCESS), flags_of(for_process));
  if (process_handle != nullptr)
    thread_handle =
        insert(std::make_unique<first_thread>(state, THREAD_ALL_ACCESS), flags_of(for_thread));
  if (thread_handle == nullptr) {  // there are handles to it, or it does not live
    const DWORD why = GetLastError();
    state->one.terminate(ec);
    if (process_handle != nullptr) close(process_handle);
    return fail(why);
  }
  made = {process_handle, thread_handle, state->id, state->id};
  return TRUE;
}

template <class Char, class Info, class Extended>
BOOL create_process(const Char* application, const Char* line,
                    const SECURITY_ATTRIBUTES* for_process, const SECURITY_ATTRIBUTES* for_thread,
                    BOOL inherit, DWORD flags, const void* environment, const Char* directory,
                    const Info* how, PROCESS_INFORMATION* made) {
  return guarded([&]() -> BOOL {
    if (how == nullptr || made == nullptr) return fail(ERROR_INVALID_PARAMETER);
    const bool extended = (flags & EXTENDED_STARTUPINFO_PRESENT) != 0;
    try {
      const order what{
          .application = text_of(application),
          .line = text_of(line),
          .directory = text_of(directory),
          .environment = environment,
          .flags = flags,
          .inherit = inherit != FALSE,
          .how = how->dwFlags,
          .streams = {how->hStdInput, how->hStdOutput, how->hStdError},
          .attributes = extended ? list_of(reinterpret_cast<const Extended*>(how)->lpAttributeList)
                                 : nullptr};
      return start(what, for_process, for_thread, *made);
    } catch (const not_a_text&) {
      return fail(ERROR_INVALID_NAME);
    }
  });
}

}  // namespace
}  // namespace isthmus::veneer

using namespace isthmus::veneer;

BOOL CreateProcessA(LPCSTR application, LPSTR line, LPSECURITY_ATTRIBUTES process_attributes,
                    LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit, DWORD flags,
                    LPVOID environment, LPCSTR directory, LPSTARTUPINFOA how,
                    LPPROCESS_INFORMATION made) {
  return create_process<char, STARTUPINFOA, STARTUPINFOEXA>(application, line, process_attributes,
                                                            thread_attributes, inherit, flags,
                                                            environment, directory, how, made);
}

BOOL CreateProcessW(LPCWSTR application, LPWSTR line, LPSECURITY_ATTRIBUTES process_attributes,
                    LPSECURITY_ATTRIBUTES thread_attributes, BOOL inherit, DWORD flags,
                    LPVOID environment, LPCWSTR directory, LPSTARTUPINFOW how,
                    LPPROCESS_INFORMATION made) {
  return create_process<char16_t, STARTUPINFOW, STARTUPINFOEXW>(
      application, line, process_attributes, thread_attributes, inherit, flags, environment,
      directory, how, made);
}
