// SPDX-License-Identifier: MIT
#include "pipe_end.hpp"

#include "transfer.hpp"

namespace isthmus {

using detail::failure;

namespace {

bool check_pipe(native_handle_type pipe, failure& why) {
  if (pipe != no_native_handle) return true;
  why.set(errc::invalid_argument, "the end of the pipe is empty (moved from or closed)");
  return false;
}

std::optional<std::size_t> read(native_handle_type pipe, std::span<std::byte> into,
                                std::chrono::nanoseconds limit, failure& why) {
  if (!check_pipe(pipe, why)) return std::nullopt;
  if (!into.empty()) return detail::read_pipe(pipe, into, limit, why);
  why.set(errc::invalid_argument, "there is no room to read into");  // 0 would mean the end
  return std::nullopt;
}

std::size_t write(native_handle_type pipe, std::span<const std::byte> from,
                  std::chrono::nanoseconds limit, failure& why) {
  return check_pipe(pipe, why) && !from.empty() ? detail::write_pipe(pipe, from, limit, why) : 0;
}

}  // namespace

// NOLINTBEGIN(readability-make-member-function-const): what is in the pipe changes
std::optional<std::size_t> pipe_end::read_within(std::span<std::byte> into,
                                                 std::chrono::nanoseconds limit) {
  return detail::throwing("pipe_end::read", {},
                          [&](failure& why) { return isthmus::read(handle_, into, limit, why); });
}

std::optional<std::size_t> pipe_end::read_within(std::span<std::byte> into,
                                                 std::chrono::nanoseconds limit,
                                                 std::error_code& ec) noexcept {
  return detail::reporting(ec,
                           [&](failure& why) { return isthmus::read(handle_, into, limit, why); });
}

std::size_t pipe_end::write_within(std::span<const std::byte> from,
                                   std::chrono::nanoseconds limit) {
  return detail::throwing("pipe_end::write", {},
                          [&](failure& why) { return isthmus::write(handle_, from, limit, why); });
}

std::size_t pipe_end::write_within(std::span<const std::byte> from, std::chrono::nanoseconds limit,
                                   std::error_code& ec) noexcept {
  return detail::reporting(ec,
                           [&](failure& why) { return isthmus::write(handle_, from, limit, why); });
}
// NOLINTEND(readability-make-member-function-const)

void pipe_end::close() noexcept {
  if (handle_ != no_native_handle) detail::close_carrier(std::exchange(handle_, no_native_handle));
}

}  // namespace isthmus
