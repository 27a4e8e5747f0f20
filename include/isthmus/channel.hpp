// SPDX-License-Identifier: MIT
//
// Channels: a connection between two processes that carries objects, with their rights, and
// messages. It is how a running process gets at an object that has no name, or that it could not or
// should not open by name.
//
//     auto door = isthmus::listener::create({.name = "shop"});      // one process
//     auto customer = door.accept();
//     customer.send({table, isthmus::access::read}, "prices");      // for reading; see access.hpp
//     auto order = customer.receive();
//     auto shop = isthmus::channel::connect({.name = "shop"}, 5s);  // another
//     if (auto got = shop.receive()) prices = got.object.take<isthmus::section>();
//     shop.send("two of the first");
//
// Both ends send and receive alike. A packet is one message of up to 64 KiB and at most one object.
// Packets arrive whole, once and in order, or not at all. What has been sent is the receiver's: an
// object on its way stays alive, and its name with it, even if the sender closes everything and
// ends. What the receiver has not taken when it closes or dies is dropped; that costs the sender
// nothing of its own.
//
// The other end's death or close is not an error to a receiver: it first gets all that was sent,
// then channel_status::closed. To a sender it is errc::closed. A time limit that passes is no error
// either, and then nothing was sent, and nothing taken.
//
// A packet that makes no sense, because whoever is at the other end is no isthmus or means harm, is
// errc::damaged (or another error) of that one receive(). It is dropped with all that it carried;
// nothing else is touched, and the next receive() takes the next packet. On POSIX an object without
// a name whose memory its sender could cut short is errc::untrusted. A section of a file can always
// be cut short by its sender, and so can a named object; touching what is gone is a fault (SIGBUS).
// So take from those whom you do not trust only what has no name and no file (section::backing()).
//
// Threads. Any number of them may send and receive through one channel, or accept from one
// listener, at the same time; a packet goes to one receiver. As with all handles, none of them may
// be moved, assigned or closed meanwhile. A channel is no waitable: to wait for one beside other
// objects, let a thread of its own receive and set an event.
//
// A process that starts another one needs no name for a channel to it:
//
//     auto [mine, theirs] = isthmus::channel::pair();
//     auto child = isthmus::process::start({.program = "child", .inherit = {{"parent", theirs}}});
//     theirs.close();  // it is the child's now; when the child ends, `mine` is closed
//     auto parent = isthmus::inherited<isthmus::channel>("parent");  // in the child
//
// Names are listeners' own, apart from those of the objects: a section and a listener may have the
// same. A name goes with its listener, however that ends; channels made through it stay.
//
//   Win32   a named pipe. Objects are duplicated into the receiver by the sender, which takes
//           PROCESS_DUP_HANDLE on it, as processes of one user have on each other; elsewhere
//           sending an object is access_denied, and so is taking one. What the receiver has not
//           taken dies with it. A sender that is killed at the very moment of sending may leave a
//           handle in the receiver that nobody knows of; it keeps the object alive until the
//           receiver ends. Of a pair whose end is passed to a child, send objects only after the
//           start: they go to the process that was started, and an earlier one is damaged there.
//   POSIX   a local socket that keeps packets apart (SOCK_SEQPACKET; not_supported where the system
//           has none, as on macOS). The channel never raises SIGPIPE. Objects are descriptors; a
//           receiver that has no descriptor left gets too_many_handles and loses that packet, not
//           the connection. scope::global is not_supported.
//
// Reference: DUP-01, DUP-02, DUP-07, DUP-11, HARD-26.
#pragma once

#include <isthmus/any_object.hpp>
#include <isthmus/name.hpp>
#include <isthmus/owned_state.hpp>
#include <isthmus/permissions.hpp>
#include <isthmus/platform.hpp>
#include <isthmus/waitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace isthmus {

namespace detail {
struct listener_state;
struct channel_state;
struct close_listener {
  ISTHMUS_API void operator()(listener_state* state) const noexcept;
};
struct close_channel {
  ISTHMUS_API void operator()(channel_state* state) const noexcept;
};
struct native_access;
}  // namespace detail

/// The longest message, in bytes. Any bytes will do.
inline constexpr std::size_t max_message_size = 65536;

/// How to make a listener.
struct listener_options {
  std::string_view name = {};  ///< required; see name.hpp
  isthmus::scope scope = isthmus::scope::automatic;
  /// Who may connect: the audience of `modify`.
  isthmus::permissions permissions = {};
};

/// Which listener to connect to.
struct channel_options {
  std::string_view name = {};  ///< required
  isthmus::scope scope = isthmus::scope::automatic;
};

/// How an attempt to receive ended.
enum class channel_status {
  received,  ///< with a packet
  timeout,   ///< the limit passed; nothing was taken
  closed,    ///< the other end has gone, and all that it sent has been received
  failed,    ///< an error, in the forms that report by std::error_code
};

/// "received", "timeout", "closed" or "failed".
[[nodiscard]] ISTHMUS_API std::string_view to_string(channel_status value) noexcept;

/// What an attempt to receive gave.
struct received {
  channel_status status = channel_status::failed;
  any_object object;    ///< empty where the packet had none
  std::string message;  ///< may be empty

  explicit operator bool() const noexcept { return status == channel_status::received; }
};

/// Who is at the other end: the process that connected or listened when the connection was made, as
/// the system says. For a pair it is the process that made the pair.
struct peer_info {
  std::string user;                         ///< Win32: the user's SID. POSIX: the user id.
  std::optional<std::uint32_t> process_id;  ///< absent where the system does not tell
};

/// One end of a connection. Move-only; empty when moved from, closed, or default-made.
class channel {
 public:
  channel() noexcept = default;

  /// Connects to the listener of this name. not_found: there is none; busy: it does not keep up
  /// with accepting. untrusted: it runs as another user than it should.
  [[nodiscard]] ISTHMUS_API static channel connect(const channel_options& options);
  [[nodiscard]] ISTHMUS_API static channel connect(const channel_options& options,
                                                   std::error_code& ec) noexcept;

  /// The same, and waits up to `limit` for the listener to appear and keep up. Other errors end it.
  template <class Rep, class Period>
  [[nodiscard]] static channel connect(const channel_options& options,
                                       std::chrono::duration<Rep, Period> limit) {
    return connect_within(options, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] static channel connect(const channel_options& options,
                                       std::chrono::duration<Rep, Period> limit,
                                       std::error_code& ec) noexcept {
    return connect_within(options, detail::limit_of(limit), ec);
  }

  /// Two ends of a new connection without a listener, one of them for a child, which it is passed
  /// to at its start (process_options::inherit). Each end is for one process: close it here then.
  [[nodiscard]] ISTHMUS_API static std::pair<channel, channel> pair();
  [[nodiscard]] ISTHMUS_API static std::pair<channel, channel> pair(std::error_code& ec) noexcept;

  /// Whether this is not empty. The functions below want a channel that is not (invalid_argument).
  explicit operator bool() const noexcept { return static_cast<bool>(state_); }

  /// Sends a message, alone or with an object; waits while the other end has more than it can hold.
  /// The object stays the sender's as well. Its rights over there are those of `object`
  /// (access_denied if they cannot be given). A message that is too long is out_of_range. Where it
  /// fails, nothing was sent.
  ISTHMUS_API void send(std::string_view message);
  ISTHMUS_API void send(std::string_view message, std::error_code& ec) noexcept;
  ISTHMUS_API void send(const object_ref& object, std::string_view message);
  ISTHMUS_API void send(const object_ref& object, std::string_view message,
                        std::error_code& ec) noexcept;

  /// The same with a limit: false if it passed before there was room.
  template <class Rep, class Period>
  [[nodiscard]] bool send(std::string_view message, std::chrono::duration<Rep, Period> limit) {
    return send_within(nullptr, message, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] bool send(std::string_view message, std::chrono::duration<Rep, Period> limit,
                          std::error_code& ec) noexcept {
    return send_within(nullptr, message, detail::limit_of(limit), ec);
  }
  template <class Rep, class Period>
  [[nodiscard]] bool send(const object_ref& object, std::string_view message,
                          std::chrono::duration<Rep, Period> limit) {
    return send_within(&object, message, detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] bool send(const object_ref& object, std::string_view message,
                          std::chrono::duration<Rep, Period> limit, std::error_code& ec) noexcept {
    return send_within(&object, message, detail::limit_of(limit), ec);
  }

  /// Takes the next packet; waits for one, without or with a limit.
  [[nodiscard]] ISTHMUS_API received receive();
  [[nodiscard]] ISTHMUS_API received receive(std::error_code& ec) noexcept;
  template <class Rep, class Period>
  [[nodiscard]] received receive(std::chrono::duration<Rep, Period> limit) {
    return receive_within(detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] received receive(std::chrono::duration<Rep, Period> limit,
                                 std::error_code& ec) noexcept {
    return receive_within(detail::limit_of(limit), ec);
  }

  /// Who is at the other end. Known even when it has ended.
  [[nodiscard]] ISTHMUS_API peer_info peer() const;
  [[nodiscard]] ISTHMUS_API peer_info peer(std::error_code& ec) const noexcept;

  /// Gives this end up: the other one receives what was sent, then channel_status::closed.
  ISTHMUS_API void close() noexcept;

 private:
  friend struct detail::native_access;
  friend class listener;
  explicit channel(detail::channel_state* state) noexcept : state_(state) {}
  ISTHMUS_API static channel connect_within(const channel_options& options,
                                            std::chrono::nanoseconds limit);
  ISTHMUS_API static channel connect_within(const channel_options& options,
                                            std::chrono::nanoseconds limit,
                                            std::error_code& ec) noexcept;
  ISTHMUS_API bool send_within(const object_ref* object, std::string_view message,
                               std::chrono::nanoseconds limit);
  ISTHMUS_API bool send_within(const object_ref* object, std::string_view message,
                               std::chrono::nanoseconds limit, std::error_code& ec) noexcept;
  ISTHMUS_API received receive_within(std::chrono::nanoseconds limit);
  ISTHMUS_API received receive_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept;

  detail::owned_state<detail::channel_state, detail::close_channel> state_;
};

/// A name that others connect to. Move-only; empty when moved from, closed, or default-made.
class listener {
 public:
  listener() noexcept = default;

  /// Makes the name. Of any number of creators at once exactly one succeeds; the others get
  /// already_exists, as long as that one lives.
  [[nodiscard]] ISTHMUS_API static listener create(const listener_options& options);
  [[nodiscard]] ISTHMUS_API static listener create(const listener_options& options,
                                                   std::error_code& ec) noexcept;

  /// Whether this is not empty.
  explicit operator bool() const noexcept { return static_cast<bool>(state_); }
  /// Without its prefix; empty for an empty listener. Valid as long as the listener.
  [[nodiscard]] ISTHMUS_API std::string_view name() const noexcept;

  /// Takes the next one who has connected; waits for one. With a limit: empty if it passed. One who
  /// has connected and left again counts: its channel says so.
  [[nodiscard]] ISTHMUS_API channel accept();
  [[nodiscard]] ISTHMUS_API channel accept(std::error_code& ec) noexcept;
  template <class Rep, class Period>
  [[nodiscard]] channel accept(std::chrono::duration<Rep, Period> limit) {
    return accept_within(detail::limit_of(limit));
  }
  template <class Rep, class Period>
  [[nodiscard]] channel accept(std::chrono::duration<Rep, Period> limit,
                               std::error_code& ec) noexcept {
    return accept_within(detail::limit_of(limit), ec);
  }

  /// Gives the name up. Those who have connected and were not accepted find the channel closed.
  ISTHMUS_API void close() noexcept;

 private:
  friend struct detail::native_access;
  explicit listener(detail::listener_state* state) noexcept : state_(state) {}
  ISTHMUS_API channel accept_within(std::chrono::nanoseconds limit);
  ISTHMUS_API channel accept_within(std::chrono::nanoseconds limit, std::error_code& ec) noexcept;

  detail::owned_state<detail::listener_state, detail::close_listener> state_;
};

namespace detail {
ISTHMUS_API channel inherited_channel(std::string_view key);
ISTHMUS_API channel inherited_channel(std::string_view key, std::error_code& ec) noexcept;
}  // namespace detail

/// The end of a channel that was passed to this process under this key (inherited.hpp). The first
/// call takes it, so that closing it closes it to the other end: from then on the key is not_found.
/// An end that nobody takes stays open until this process ends. wrong_kind for an object's key.
template <class T>
requires(std::is_same_v<T, channel>) [[nodiscard]] T inherited(std::string_view key) {
  return detail::inherited_channel(key);
}
template <class T>
requires(std::is_same_v<T, channel>) [[nodiscard]] T
    inherited(std::string_view key, std::error_code& ec) noexcept {
  return detail::inherited_channel(key, ec);
}

}  // namespace isthmus
