// SPDX-License-Identifier: MIT
#include "process.hpp"

#include "backend.hpp"
#include "bequest.hpp"
#include "inherited.hpp"
#include "native.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace isthmus {

using detail::failure;

namespace detail {
namespace {

bool has_nul(std::string_view text) { return text.find('\0') != text.npos; }

bool check_environment(const std::vector<environment_change>& changes, failure& why) {
  for (const auto& [name, value] : changes) {
    if (!name.empty() && name.find('=') == name.npos && !has_nul(name) &&
        !(value && has_nul(*value)))
      continue;
    why.set(errc::invalid_argument,
            fmt::format("the variable \"{}\": a name has at least one character and no '=', and "
                        "there is no NUL in names and values",
                        name));
    return false;
  }
  return true;
}

bool check_keys(const std::vector<inherit_entry>& entries, failure& why) {
  for (auto one = entries.begin(); one != entries.end(); ++one) {
    const bool twice =
        std::any_of(entries.begin(), one, [&](const auto& other) { return other.key == one->key; });
    if (!one->key.empty() && !twice) continue;
    why.set(errc::invalid_argument,
            twice ? fmt::format("the key \"{}\" of what is inherited is there twice", one->key)
                  : "a key of what is inherited is empty");
    return false;
  }
  return true;
}

bool check(const process_options& options, failure& why) {
  if (options.program.empty()) {
    why.set(errc::invalid_argument, "no program given");
  } else if (std::any_of(options.arguments.begin(), options.arguments.end(), has_nul)) {
    why.set(errc::invalid_argument, "an argument has a NUL character in it");
  } else {
    return check_environment(options.environment, why) && check_keys(options.inherit, why);
  }
  return false;
}

/// The standard streams of a child: its ends, and ours of the pipes.
class streams {
 public:
  explicit streams(const process_options& options) noexcept
      : wanted_{&options.input, &options.output, &options.error} {}

  bool open(failure& why) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (native_access::open_stream(*wanted_[i], i, theirs_[i], ours_[i], why)) continue;
      constexpr std::array names{"input", "output", "error output"};
      why.detail = fmt::format("the standard {}: {}", names[i],
                               why.detail.empty() ? why.code.message() : why.detail);
      return false;
    }
    return true;
  }
  [[nodiscard]] const child_streams& theirs() const noexcept { return theirs_; }
  /// The child runs: our ends go where they are wanted.
  void hand_out() noexcept {
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      if (ours_[i]) native_access::give_end(*wanted_[i], ours_[i].release());
  }

 private:
  std::array<const stream*, 3> wanted_;
  child_streams theirs_;
  std::array<carrier, 3> ours_;
};

/// Starts what has been checked. Its channels work both ways from the beginning, or it does not
/// live.
dispatcher* start_heir(const process_options& options, const child_streams& streams, failure& why) {
  const start_gate gate;
  bequest passed;
  if (!passed.pack_all(options.inherit, why)) return nullptr;
  dispatcher* const started =
      start_process({options, streams, passed.handles(), passed.hint()}, why);
  if (started == nullptr || passed.has_been_left_to(*started, why)) return started;
  failure ignored;
  terminate_process(*started, ignored);
  close_dispatcher_state(started, ignored);
  return nullptr;
}

dispatcher* start_checked(const process_options& options, failure& why) {
  if (!check(options, why)) return nullptr;
  streams standard(options);
  if (!standard.open(why)) return nullptr;
  dispatcher* const started = start_heir(options, standard.theirs(), why);
  if (started != nullptr) standard.hand_out();
  return started;
}

dispatcher* open_checked(std::uint32_t id, access rights, failure& why) {
  if (id == 0) {
    why.set(errc::invalid_argument, "0 is not the number of a process");
    return nullptr;
  }
  return check_rights(kind::process, rights, why) ? open_process(id, rights, why) : nullptr;
}

void terminate_checked(dispatcher* state, failure& why) {
  if (check_may(state, "process", access::modify, why)) terminate_process(*state, why);
}

}  // namespace

bool native_access::open_stream(const stream& wanted, std::size_t which, carrier& theirs,
                                carrier& ours, failure& why) {
  switch (wanted.to_) {
    case stream::target::as_is:
      return true;
    case stream::target::null:
      return detail::open_stream(which, stream_end::null, {}, theirs, ours, why);
    case stream::target::file:
      return detail::open_stream(which, stream_end::file, wanted.path_, theirs, ours, why);
    case stream::target::append:
      return detail::open_stream(which, stream_end::append, wanted.path_, theirs, ours, why);
    case stream::target::native:
      theirs = copy_inherited(wanted.native_);
      if (!theirs) why.set(errc::invalid_argument, "this is not an open native handle");
      return !why;
    case stream::target::pipe:
      return detail::open_stream(which, stream_end::pipe, {}, theirs, ours, why);
  }
  return true;
}

void native_access::give_end(const stream& wanted, native_handle_type end) noexcept {
  *wanted.end_ = pipe_end(end);
}

}  // namespace detail

process process::start(const process_options& options) {
  return process(
      detail::throwing("process::start", detail::text_of(options.program),
                       [&](failure& why) { return detail::start_checked(options, why); }));
}

process process::start(const process_options& options, std::error_code& ec) noexcept {
  return process(
      detail::reporting(ec, [&](failure& why) { return detail::start_checked(options, why); }));
}

process process::open(std::uint32_t id, isthmus::access rights) {
  return process(detail::throwing("process::open", fmt::format("{}", id), [&](failure& why) {
    return detail::open_checked(id, rights, why);
  }));
}

process process::open(std::uint32_t id, isthmus::access rights, std::error_code& ec) noexcept {
  return process(
      detail::reporting(ec, [&](failure& why) { return detail::open_checked(id, rights, why); }));
}

std::uint32_t process::id() const noexcept { return state_ ? detail::process_id(*state_) : 0; }

std::optional<std::int32_t> process::exit_code() const noexcept {
  return state_ ? detail::process_exit_code(*state_) : std::nullopt;
}

void process::exit_at_once(std::int32_t code) noexcept { detail::end_this_process(code); }

void process::terminate() {
  detail::throwing("process::terminate", {},
                   [&](failure& why) { detail::terminate_checked(state_.get(), why); });
}

void process::terminate(std::error_code& ec) noexcept {
  detail::reporting(ec, [&](failure& why) { detail::terminate_checked(state_.get(), why); });
}

}  // namespace isthmus
