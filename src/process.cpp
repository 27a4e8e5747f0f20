// SPDX-License-Identifier: MIT
#include "process.hpp"

#include <algorithm>
#include <string>

namespace isthmus {

namespace {

bool has_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

detail::process_state* start_checked(const process_options& options, detail::failure& why) {
  if (options.program.empty()) {
    why.set(errc::invalid_argument, "no program given");
    return nullptr;
  }
  if (std::ranges::any_of(options.arguments, has_nul)) {
    why.set(errc::invalid_argument, "an argument has a NUL character in it");
    return nullptr;
  }
  return detail::start_process(options, why);
}

wait_status wait_checked(detail::process_state* state, std::chrono::nanoseconds limit,
                         detail::failure& why) {
  if (state == nullptr) {
    why.set(errc::invalid_argument, "the handle is empty");
    return wait_status::failed;
  }
  return detail::wait_process(*state, limit, why);
}

void terminate_checked(detail::process_state* state, detail::failure& why) {
  if (state == nullptr) {
    why.set(errc::invalid_argument, "the handle is empty");
    return;
  }
  detail::terminate_process(*state, why);
}

}  // namespace

void detail::close_process::operator()(process_state* state) const noexcept {
  close_process_state(state);
}

process process::start(const process_options& options) {
  return process(
      detail::throwing("process::start", detail::text_of(options.program),
                       [&](detail::failure& why) { return start_checked(options, why); }));
}

process process::start(const process_options& options, std::error_code& ec) noexcept {
  return process(
      detail::reporting(ec, [&](detail::failure& why) { return start_checked(options, why); }));
}

std::uint32_t process::id() const noexcept { return state_ ? detail::process_id(*state_) : 0; }

wait_status process::wait() { return wait_within(std::chrono::nanoseconds::max()); }

wait_status process::wait(std::error_code& ec) noexcept {
  return wait_within(std::chrono::nanoseconds::max(), ec);
}

wait_status process::wait_within(std::chrono::nanoseconds limit) {
  return detail::throwing("process::wait", {}, [&](detail::failure& why) {
    return wait_checked(state_.get(), limit, why);
  });
}

wait_status process::wait_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](detail::failure& why) { return wait_checked(state_.get(), limit, why); },
      wait_status::failed);
}

std::optional<std::int32_t> process::exit_code() const noexcept {
  return state_ ? detail::process_exit_code(*state_) : std::nullopt;
}

void process::terminate() {
  detail::throwing("process::terminate", {},
                   [&](detail::failure& why) { terminate_checked(state_.get(), why); });
}

void process::terminate(std::error_code& ec) noexcept {
  detail::reporting(ec, [&](detail::failure& why) { terminate_checked(state_.get(), why); });
}

void process::close() noexcept { state_.reset(); }

}  // namespace isthmus
