// SPDX-License-Identifier: MIT
//
// A packet of a channel, byte for byte: a header, the description of an object (transfer.hpp) if
// there is one, and the message. Packets come from anybody who could connect, so nothing in one is
// believed.
#pragma once

#include <isthmus/channel.hpp>

#include "failure.hpp"
#include "transfer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>

namespace isthmus::detail {

inline constexpr std::uint32_t packet_magic = 0x63747369;  // "istc"
inline constexpr std::uint16_t packet_version = 1;

/// The same for 32- and 64-bit processes.
struct packet_header {
  std::uint32_t magic;
  std::uint16_t version;
  std::uint16_t carriers;                ///< how many native handles come with it
  std::uint32_t description;             ///< bytes
  std::uint32_t message;                 ///< bytes
  std::uint32_t target;                  ///< Win32: the process that has been given the handles
  std::uint32_t reserved;                ///< 0
  std::array<std::uint64_t, 2> handles;  ///< Win32: their values there
};
static_assert(sizeof(packet_header) == 40 && std::is_trivially_copyable_v<packet_header>);

/// A name of 1024 bytes is described by 2048, and the rest by some 100.
inline constexpr std::size_t max_description_size = 4096;
inline constexpr std::size_t max_packet_size =
    sizeof(packet_header) + max_description_size + max_message_size;

/// The header for what is to be sent.
[[nodiscard]] packet_header header_for(const parcel* object, std::string_view description,
                                       std::string_view message) noexcept;

/// What has been received, in a buffer for the longest packet.
class packet_buffer {
 public:
  packet_buffer() : bytes_(new std::byte[capacity]) {}

  /// One more than the longest, so that what is too long shows.
  static constexpr std::size_t capacity = max_packet_size + 1;
  [[nodiscard]] std::byte* data() const noexcept { return bytes_.get(); }

  /// Checks the first `size` bytes: damaged, or incompatible_version.
  bool check(std::size_t size, failure& why);
  /// After that.
  [[nodiscard]] const packet_header& header() const noexcept { return header_; }
  [[nodiscard]] std::string_view description() const noexcept;
  [[nodiscard]] std::string_view message() const noexcept;

 private:
  std::unique_ptr<std::byte[]> bytes_;
  packet_header header_ = {};
};

/// Makes of a checked packet, and of what carries its object, what the user gets. The carriers are
/// used up in any case.
[[nodiscard]] received open_packet(const packet_buffer& packet, std::array<carrier, 2> carriers,
                                   failure& why);

}  // namespace isthmus::detail
