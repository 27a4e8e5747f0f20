// SPDX-License-Identifier: MIT
//
// What comes through a channel from somebody who is no isthmus, or means harm. The harm is done
// with the socket of the channel's other end.
#include "raw_packet.hpp"
#include "runtime.hpp"

#include "packet.hpp"

#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

using namespace white;
using namespace std::chrono_literals;
using isthmus::channel;
using isthmus::channel_status;
using isthmus::errc;
using isthmus::detail::packet_header;
using support::patience;

namespace {

std::string changed(const raw& from, const std::function<void(packet_header&)>& change) {
  packet_header header{};
  std::memcpy(&header, from.bytes.data(), sizeof header);
  change(header);
  std::string bytes = from.bytes;
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

TEST_CASE("a packet that makes no sense is an error of its own and of nothing else",
          "[channel][DUP-07]") {
  victim scene;
  const auto memory = isthmus::section::create({.size = 4096});
  const auto guard = isthmus::mutex::create({.name = support::unique_name("guard")});
  raw object = scene.real(memory, "message");
  raw other = scene.real(guard, "message");
  scene.evil.send("plain");
  raw plain = receive_raw(isthmus::native_handle(scene.good));
  const int file = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int socket = ::dup(scene.socket());
  const auto& fds = object.descriptors;
  REQUIRE(fds.size() == 1);
  REQUIRE(plain.descriptors.empty());
  const auto with = [&](const std::function<void(packet_header&)>& change) {
    return raw{changed(object, change), fds};
  };
  const std::vector<std::pair<const char*, raw>> packets{
      {"one byte", {"x"}},
      {"half a header", {plain.bytes.substr(0, sizeof(packet_header) / 2)}},
      {"garbage", {std::string(1000, '\xee')}},
      {"zeros", {std::string(1000, '\0')}},
      {"a message cut short", {plain.bytes.substr(0, plain.bytes.size() - 1)}},
      {"a message too long", {plain.bytes + "x"}},
      {"an object's description cut short", {object.bytes.substr(0, 60), fds}},
      {"the longest packet and one more",
       {plain.bytes + std::string(isthmus::detail::max_packet_size, 'x')}},
      {"much too long", {std::string(150'000, 'x')}},
      {"another magic", with([](auto& h) { ++h.magic; })},
      {"a description longer than the packet", with([](auto& h) { h.description = 4096; })},
      {"lengths that overflow", with([](auto& h) { h.description = 0xFFFFFFFF; })},
      {"a message of 4 GiB", with([](auto& h) { h.message = 0xFFFFFFFF; })},
      {"lengths that add up to another", with([](auto& h) {
         h.description += 8;
         h.message -= 8;
       })},
      {"a description shorter than it is", with([](auto& h) {
         h.description -= 1;
         h.message += 1;
       })},
      {"something in what is reserved", with([](auto& h) { h.reserved = 1; })},
      {"more carriers than there are", with([](auto& h) { h.carriers = 2; })},
      {"more carriers than there may be", with([](auto& h) { h.carriers = 3; })},
      {"no carriers in the header", with([](auto& h) { h.carriers = 0; })},
      {"no carriers at all", {object.bytes}},
      {"a carrier without an object", {plain.bytes, {fds[0]}}},
      {"two carriers for one", {object.bytes, {fds[0], fds[0]}}},
      {"very many carriers", {object.bytes, std::vector<int>(253, fds[0])}},
      {"a device", {object.bytes, {file}}},
      {"a socket", {object.bytes, {socket}}},
      {"another object", {object.bytes, other.descriptors}},
      {"an object of another kind", {other.bytes, fds}}};
  scene.check_works();
  const auto before = support::open_handles();
  for (const auto& [text, packet] : packets) {
    INFO(text);
    REQUIRE(send_raw(scene.socket(), packet));
    CHECK(scene.attempt() == errc::damaged);
    CHECK(support::open_handles() == before);
    scene.check_works();
  }
  REQUIRE(send_raw(scene.socket(), {changed(plain, [](auto& h) { ++h.version; })}));
  CHECK(scene.attempt() == errc::incompatible_version);
  // An empty one cannot be told from the end. Whatever it brought is closed.
  REQUIRE(send_raw(scene.socket(), {"", {file, file}}));
  CHECK(scene.good.receive(patience()).status == channel_status::closed);
  CHECK(support::open_handles() == before);
  scene.check_works();
  close_all(object);
  close_all(other);
  ::close(file);
  ::close(socket);
}

TEST_CASE("random changes to a packet are errors, or harmless", "[channel][DUP-07]") {
  victim scene;
  const auto name = support::unique_name("random");
  const auto memory = isthmus::section::create({.name = name, .size = 4096});
  const auto file = isthmus::section::from_file(support::program(), {.name = name + "f"});
  const auto permits = isthmus::semaphore::create();
  std::vector<raw> packets;
  for (const auto& each :
       {isthmus::object_ref(memory), isthmus::object_ref(file), isthmus::object_ref(permits)})
    packets.push_back(scene.real(each, "message"));
  REQUIRE(packets[1].descriptors.size() == 2);
  const auto seed = std::random_device()();
  CAPTURE(seed);
  std::minstd_rand random(seed);
  scene.check_works();
  // A change may make a global name of one, whose directory stays open from then on.
  std::error_code ec;
  (void)isthmus::event::open({.name = "Global\\" + name}, ec);
  const auto before = support::open_handles();
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    raw packet = packets[random() % packets.size()];
    for (auto n = random() % 4 + 1; n > 0; --n) {
      char& byte = packet.bytes[random() % packet.bytes.size()];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << random() % 8));
    }
    if (random() % 8 == 0) packet.bytes.resize(random() % packet.bytes.size() + 1);
    if (random() % 8 == 0) packet.descriptors = packets[random() % packets.size()].descriptors;
    REQUIRE(send_raw(scene.socket(), packet));
    if (scene.attempt()) ++refused;
  }
  CHECK(refused > 1000);
  CHECK(support::open_handles() == before);
  scene.check_works();
  for (auto& packet : packets) close_all(packet);
}

TEST_CASE("memory that can shrink, or is not what it says, is not believed", "[channel][DUP-07]") {
  victim scene;
  const auto memory = isthmus::section::create({.size = 65536});
  raw object = scene.real(memory, "m");
  const int shrinking = ::memfd_create("shrinking", MFD_CLOEXEC);
  REQUIRE(::ftruncate(shrinking, 4096) == 0);
  REQUIRE(send_raw(scene.socket(), {object.bytes, {shrinking}}));
  CHECK(scene.attempt() == errc::damaged);
  ::close(shrinking);
  close_all(object);
  scene.check_works();
}
