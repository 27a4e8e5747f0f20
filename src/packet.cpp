// SPDX-License-Identifier: MIT
#include "packet.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

namespace isthmus::detail {
namespace {

bool damaged_packet(failure& why, const char* what) {
  why.set(errc::damaged,
          fmt::format("what the other end has sent is not a packet of a channel ({})", what));
  return false;
}

}  // namespace

packet_header header_for(const parcel* object, std::string_view description,
                         std::string_view message) noexcept {
  packet_header header{};
  header.magic = packet_magic;
  header.version = packet_version;
  header.description = static_cast<std::uint32_t>(description.size());
  header.message = static_cast<std::uint32_t>(message.size());
  if (object != nullptr)
    for (const carrier& each : object->carriers) header.carriers += each ? 1 : 0;
  return header;
}

bool packet_buffer::check(std::size_t size, failure& why) {
  if (size < sizeof header_) return damaged_packet(why, "too short");
  if (size > max_packet_size) return damaged_packet(why, "too long");
  std::memcpy(&header_, bytes_.get(), sizeof header_);
  if (header_.magic != packet_magic) return damaged_packet(why, "no header");
  if (header_.version != packet_version) {
    why.set(errc::incompatible_version,
            fmt::format("the other end sends packets of version {}, this isthmus reads version {}; "
                        "use the same on both sides",
                        header_.version, packet_version));
    return false;
  }
  if (header_.description > max_description_size || header_.message > max_message_size ||
      sizeof header_ + header_.description + header_.message != size)
    return damaged_packet(why, "its lengths");
  if (header_.carriers > header_.handles.size() || header_.reserved != 0 ||
      (header_.carriers == 0) != (header_.description == 0))
    return damaged_packet(why, "its object");
  return true;
}

std::string_view packet_buffer::description() const noexcept {
  return {reinterpret_cast<const char*>(bytes_.get()) + sizeof header_, header_.description};
}

std::string_view packet_buffer::message() const noexcept {
  return {reinterpret_cast<const char*>(bytes_.get()) + sizeof header_ + header_.description,
          header_.message};
}

received open_packet(const packet_buffer& packet, std::array<carrier, 2> carriers, failure& why) {
  received result;
  result.message = packet.message();
  if (packet.header().carriers != 0) {
    parcel object;
    object.carriers = std::move(carriers);
    if (!parse(packet.description(), object, why)) return {};
    result.object = unpack(std::move(object), why);
    if (why) return {};
  }
  result.status = channel_status::received;
  return result;
}

}  // namespace isthmus::detail
