// SPDX-License-Identifier: MIT
#include "pipe_end.hpp"

#include "win32/handle.hpp"
#include "win32/wait_handles.hpp"

#include <algorithm>

namespace isthmus::detail {
namespace {

constexpr std::size_t most = 1 << 20;  // in one call

/// One overlapped call: `start(operation)`. Absent where the limit passed before a byte moved;
/// otherwise 0 or the number of the error, and how many bytes it moved.
template <class Start>
std::optional<int> run(HANDLE pipe, std::chrono::nanoseconds limit, DWORD& count, Start start) {
  const unique_handle done(::CreateEventW(nullptr, TRUE, FALSE, nullptr));
  if (!done) return last_error();
  OVERLAPPED operation{};
  operation.hEvent = done.get();
  count = 0;
  if (!start(&operation) && ::GetLastError() != ERROR_IO_PENDING) return last_error();
  // The operation refers to this frame, so it has to be over before we leave.
  if (wait_on(done.get(), limit) != WAIT_OBJECT_0) ::CancelIoEx(pipe, &operation);
  if (::GetOverlappedResult(pipe, &operation, &count, TRUE)) return 0;
  const int number = last_error();
  if (number != ERROR_OPERATION_ABORTED) return number;
  if (count != 0) return 0;
  return std::nullopt;
}

bool is_end(int number) noexcept {
  return number == ERROR_BROKEN_PIPE || number == ERROR_NO_DATA ||
         number == ERROR_PIPE_NOT_CONNECTED;
}

}  // namespace

std::optional<std::size_t> read_pipe(native_handle_type pipe, std::span<std::byte> into,
                                     std::chrono::nanoseconds limit, failure& why) {
  const auto size = static_cast<DWORD>(std::min(into.size(), most));
  DWORD count = 0;
  std::optional<int> number;
  do {  // a write of no bytes is not the end
    number = run(pipe, limit, count, [&](OVERLAPPED* operation) {
      return ::ReadFile(pipe, into.data(), size, nullptr, operation);
    });
  } while (number == 0 && count == 0);
  if (!number) return std::nullopt;
  if (is_end(*number)) return 0;
  if (*number == 0) return count;
  why.set_native(*number);
  return std::nullopt;
}

std::size_t write_pipe(native_handle_type pipe, std::span<const std::byte> from,
                       std::chrono::nanoseconds limit, failure& why) {
  const auto start = std::chrono::steady_clock::now();
  std::size_t done = 0;
  while (done < from.size()) {
    const auto rest = from.subspan(done);
    // Small pieces: one that is cancelled may have been written in part without a word.
    const auto size = static_cast<DWORD>(std::min<std::size_t>(rest.size(), 512));
    const auto left = limit == limit.max()
                          ? limit
                          : std::max(limit - (std::chrono::steady_clock::now() - start),
                                     std::chrono::nanoseconds::zero());
    DWORD count = 0;
    const auto number = run(pipe, left, count, [&](OVERLAPPED* operation) {
      return ::WriteFile(pipe, rest.data(), size, nullptr, operation);
    });
    done += count;
    if (!number) break;
    if (*number == 0) continue;
    if (is_end(*number))
      why.code = std::make_error_code(std::errc::broken_pipe);
    else
      why.set_native(*number);
    break;
  }
  return done;
}

}  // namespace isthmus::detail
