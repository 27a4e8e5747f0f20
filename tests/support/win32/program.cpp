// SPDX-License-Identifier: MIT
#include "support/program.hpp"

#include "support/names.hpp"

#include <algorithm>
#include <system_error>
#include <vector>

#include <windows.h>

namespace support {

namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(static_cast<int>(GetLastError()), std::system_category(), what);
}

DWORD milliseconds_until(clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now()).count();
  return static_cast<DWORD>(std::clamp<long long>(left, 0, 1'000'000'000));
}

struct pipe_pair {
  HANDLE ours = INVALID_HANDLE_VALUE;
  HANDLE theirs = INVALID_HANDLE_VALUE;
};

/// A pipe with limits on both ends: only named ones have them.
pipe_pair make_pipe(bool we_write) {
  const auto stem = unique_name("isthmus-test");
  const auto name = L"\\\\.\\pipe\\" + std::wstring(stem.begin(), stem.end());
  pipe_pair result;
  result.ours = CreateNamedPipeW(name.c_str(),
                                 (we_write ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) |
                                     FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
                                 PIPE_TYPE_BYTE | PIPE_WAIT, 1, 65536, 65536, 0, nullptr);
  if (result.ours == INVALID_HANDLE_VALUE) fail("CreateNamedPipe");
  SECURITY_ATTRIBUTES inherit{sizeof inherit, nullptr, TRUE};
  result.theirs = CreateFileW(name.c_str(), we_write ? GENERIC_READ : GENERIC_WRITE, 0, &inherit,
                              OPEN_EXISTING, FILE_FLAG_OVERLAPPED, nullptr);
  if (result.theirs == INVALID_HANDLE_VALUE) fail("CreateFile");
  return result;
}

/// Ends an overlapped operation: how many bytes, or 0 for the end of the pipe.
bool finish(HANDLE pipe, OVERLAPPED& operation, bool started, clock::time_point end, DWORD& count) {
  if (!started && GetLastError() == ERROR_IO_PENDING &&
      WaitForSingleObject(operation.hEvent, milliseconds_until(end)) == WAIT_TIMEOUT) {
    CancelIoEx(pipe, &operation);
  }
  count = 0;
  if (GetOverlappedResult(pipe, &operation, &count, TRUE)) return true;
  return GetLastError() != ERROR_OPERATION_ABORTED;
}

class event_handle {
 public:
  event_handle() : handle_(CreateEventW(nullptr, TRUE, FALSE, nullptr)) {}
  event_handle(const event_handle&) = delete;
  event_handle& operator=(const event_handle&) = delete;
  ~event_handle() { CloseHandle(handle_); }
  [[nodiscard]] HANDLE get() const { return handle_; }

 private:
  HANDLE handle_;
};

using native_call = LONG(WINAPI*)(HANDLE);

native_call native_function(const char* name) {
  const auto address = GetProcAddress(GetModuleHandleW(L"ntdll.dll"), name);
  if (address == nullptr) fail(name);
  return reinterpret_cast<native_call>(reinterpret_cast<void*>(address));
}

}  // namespace

void pipe_end::close() noexcept {
  if (std::exchange(open_, false)) CloseHandle(handle_);
}

pipe_end::outcome pipe_end::read(void* into, std::size_t size, clock::time_point end) const {
  const event_handle done;
  auto* to = static_cast<char*>(into);
  while (size > 0) {
    OVERLAPPED operation{};
    operation.hEvent = done.get();
    DWORD count = 0;
    const bool started = ReadFile(handle_, to, static_cast<DWORD>(size), nullptr, &operation) != 0;
    if (!started && GetLastError() != ERROR_IO_PENDING) return outcome::end;
    if (!finish(handle_, operation, started, end, count)) return outcome::timeout;
    if (count == 0) return outcome::end;
    to += count;
    size -= count;
    end = std::max<clock::time_point>(end, clock::now() + patience());
  }
  return outcome::done;
}

pipe_end::outcome pipe_end::write(const void* from, std::size_t size, clock::time_point end) const {
  const event_handle done;
  const auto* bytes = static_cast<const char*>(from);
  while (size > 0) {
    OVERLAPPED operation{};
    operation.hEvent = done.get();
    DWORD count = 0;
    const bool started =
        WriteFile(handle_, bytes, static_cast<DWORD>(size), nullptr, &operation) != 0;
    if (!started && GetLastError() != ERROR_IO_PENDING) return outcome::end;
    if (!finish(handle_, operation, started, end, count)) return outcome::timeout;
    if (count == 0) return outcome::end;
    bytes += count;
    size -= count;
  }
  return outcome::done;
}

pipe_end take_standard_input() { return pipe_end(GetStdHandle(STD_INPUT_HANDLE)); }

pipe_end take_standard_output() { return pipe_end(GetStdHandle(STD_OUTPUT_HANDLE)); }

running_program start_program(const std::filesystem::path& file, const std::string& argument) {
  const auto input = make_pipe(true);
  const auto output = make_pipe(false);
  // No other handle of ours, so that the end of a pipe is seen when this child dies.
  std::vector<HANDLE> inherited{input.theirs, output.theirs};
  const HANDLE errors = GetStdHandle(STD_ERROR_HANDLE);
  HANDLE their_errors = nullptr;
  if (DuplicateHandle(GetCurrentProcess(), errors, GetCurrentProcess(), &their_errors, 0, TRUE,
                      DUPLICATE_SAME_ACCESS)) {
    inherited.push_back(their_errors);
  }

  SIZE_T size = 0;
  InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
  std::vector<std::byte> room(size);
  auto* attributes = reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(room.data());
  if (!InitializeProcThreadAttributeList(attributes, 1, 0, &size)) fail("attribute list");
  if (!UpdateProcThreadAttribute(attributes, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, inherited.data(),
                                 inherited.size() * sizeof(HANDLE), nullptr, nullptr)) {
    fail("handle list");
  }

  STARTUPINFOEXW start{};
  start.StartupInfo.cb = sizeof start;
  start.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  start.StartupInfo.hStdInput = input.theirs;
  start.StartupInfo.hStdOutput = output.theirs;
  start.StartupInfo.hStdError = their_errors;
  start.lpAttributeList = attributes;
  auto command = L"\"" + file.wstring() + L"\" " + std::wstring(argument.begin(), argument.end());
  PROCESS_INFORMATION process{};
  BOOL started = FALSE;
  DWORD problem = ERROR_INTERNAL_ERROR;
  // Now and then Wine's new process ends before it has begun, with this number.
  for (int i = 0; i < 3 && !started && problem == ERROR_INTERNAL_ERROR; ++i) {
    started = CreateProcessW(file.c_str(), command.data(), nullptr, nullptr, TRUE,
                             EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr, &start.StartupInfo,
                             &process);
    problem = GetLastError();
  }
  DeleteProcThreadAttributeList(attributes);
  for (const HANDLE handle : inherited) CloseHandle(handle);
  running_program result{process.dwProcessId, process.hProcess, std::nullopt, pipe_end(input.ours),
                         pipe_end(output.ours)};
  if (!started) {
    SetLastError(problem);
    fail("CreateProcess");
  }
  CloseHandle(process.hThread);
  return result;
}

bool wait_program(running_program& program, clock::time_point end) {
  if (program.code) return true;
  if (WaitForSingleObject(program.handle, milliseconds_until(end)) != WAIT_OBJECT_0) return false;
  DWORD code = 0;
  if (!GetExitCodeProcess(program.handle, &code)) fail("GetExitCodeProcess");
  program.code = static_cast<int>(code);
  return true;
}

void kill_program(running_program& program) noexcept {
  if (!program.code) TerminateProcess(program.handle, 137);
}

bool stop_program(running_program& program, clock::time_point) {
  static const auto suspend = native_function("NtSuspendProcess");
  return suspend(program.handle) >= 0;
}

void resume_program(running_program& program) noexcept {
  static const auto resume = native_function("NtResumeProcess");
  (void)resume(program.handle);
}

void close_program(running_program& program) noexcept {
  if (program.handle != nullptr) CloseHandle(std::exchange(program.handle, nullptr));
}

}  // namespace support
