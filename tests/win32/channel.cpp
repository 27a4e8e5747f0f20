// SPDX-License-Identifier: MIT
//
// What comes through a pipe from somebody who is no isthmus, or means harm; what stands in the
// place of a listener; and how a pair's end gets into another process. Confirmed by Wine only.
#include <isthmus/channel.hpp>

#include "channel.hpp"
#include "native.hpp"
#include "packet.hpp"
#include "win32/handle.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/limits.hpp"
#include "support/names.hpp"
#include "support/system.hpp"

#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <windows.h>

using namespace support;
using isthmus::channel;
using isthmus::errc;
using isthmus::listener;
using isthmus::detail::packet_header;

namespace {

/// Closes itself.
struct handle {
  explicit handle(HANDLE value) : value(value) { REQUIRE(value != nullptr); }
  handle(const handle&) = delete;
  ~handle() { CloseHandle(value); }
  HANDLE value;
};

void write_raw(HANDLE pipe, const std::string& bytes) {
  const handle event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  OVERLAPPED call{};
  call.hEvent = event.value;
  DWORD count = 0;
  if (!WriteFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &call))
    REQUIRE(GetLastError() == ERROR_IO_PENDING);
  REQUIRE(WaitForSingleObject(event.value, 10'000) == WAIT_OBJECT_0);
  REQUIRE(GetOverlappedResult(pipe, &call, &count, FALSE));
}

std::string read_raw(HANDLE pipe) {
  const handle event(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  OVERLAPPED call{};
  call.hEvent = event.value;
  DWORD count = 0;
  std::string bytes(100'000, '\0');
  if (!ReadFile(pipe, bytes.data(), static_cast<DWORD>(bytes.size()), nullptr, &call))
    REQUIRE(GetLastError() == ERROR_IO_PENDING);
  REQUIRE(WaitForSingleObject(event.value, 10'000) == WAIT_OBJECT_0);
  REQUIRE(GetOverlappedResult(pipe, &call, &count, FALSE));
  bytes.resize(count);
  return bytes;
}

struct victim {
  victim() {
    auto ends = channel::pair();
    evil = std::move(ends.first);
    good = std::move(ends.second);
  }
  std::string real(const isthmus::object_ref& object) {
    evil.send(object, "message");
    return read_raw(isthmus::native_handle(good));
  }
  std::error_code attempt(const std::string& bytes) {
    write_raw(isthmus::native_handle(evil), bytes);
    std::error_code ec;
    const auto got = good.receive(patience(), ec);
    CHECK((!ec || !got.object));
    return ec;
  }
  void check_works() {
    evil.send(isthmus::event::create(), "still works");
    const auto got = good.receive(patience());
    CHECK(got.message == "still works");
    CHECK(got.object.kind() == isthmus::object_kind::event);
  }

  channel evil;
  channel good;
};

packet_header header_of(const std::string& bytes) {
  packet_header header{};
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

std::string changed(const std::string& from, const std::function<void(packet_header&)>& change) {
  packet_header header = header_of(from);
  change(header);
  std::string bytes = from;
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

HANDLE handle_in(const std::string& packet) {
  return isthmus::detail::handle_with(header_of(packet).handles[0]);
}

bool is_open(HANDLE value) {
  DWORD flags = 0;
  return GetHandleInformation(value, &flags) != 0;
}

std::uint64_t number_of(HANDLE value) { return reinterpret_cast<std::uintptr_t>(value); }

}  // namespace

TEST_CASE("a packet that makes no sense is an error of its own and of nothing else",
          "[channel][DUP-07]") {
  victim scene;
  scene.evil.send("message");
  const auto plain = read_raw(isthmus::native_handle(scene.good));
  const std::vector<std::pair<const char*, std::string>> packets{
      {"nothing", ""},
      {"one byte", "x"},
      {"half a header", plain.substr(0, sizeof(packet_header) / 2)},
      {"garbage", std::string(1000, '\xee')},
      {"zeros", std::string(1000, '\0')},
      {"cut short", plain.substr(0, plain.size() - 1)},
      {"too long", plain + "x"},
      {"the longest packet and one more",
       plain + std::string(isthmus::detail::max_packet_size, 'x')},
      {"much too long", std::string(100'000, 'x')},
      {"another magic", changed(plain, [](auto& h) { ++h.magic; })},
      {"lengths that overflow", changed(plain, [](auto& h) { h.description = 0xFFFFFFFF; })},
      {"a message of 4 GiB", changed(plain, [](auto& h) { h.message = 0xFFFFFFFF; })},
      {"something in what is reserved", changed(plain, [](auto& h) { h.reserved = 1; })},
      {"a carrier without an object", changed(plain, [](auto& h) { h.carriers = 1; })}};
  scene.check_works();
  const auto before = open_handles();
  for (const auto& [text, packet] : packets) {
    INFO(text);
    CHECK(scene.attempt(packet) == errc::damaged);
    CHECK(open_handles() == before);
    scene.check_works();
  }
  CHECK(scene.attempt(changed(plain, [](auto& h) { ++h.version; })) == errc::incompatible_version);
}

TEST_CASE("numbers that no channel has put here are not taken for handles", "[channel][DUP-07]") {
  victim scene;
  const auto memory = isthmus::section::create({.size = 4096});
  const auto packet = scene.real(memory);
  const HANDLE sent = handle_in(packet);
  const handle file(CreateFileW(program().c_str(), GENERIC_READ, FILE_SHARE_READ, nullptr,
                                OPEN_EXISTING, 0, nullptr));
  const auto with = [&](const std::function<void(packet_header&)>& change) {
    return scene.attempt(changed(packet, change));
  };
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{1}, number_of(GetCurrentProcess()),
        number_of(GetCurrentThread()), std::uint64_t{0x7FFFFFFC}, ~std::uint64_t{0},
        number_of(sent) + (std::uint64_t{1} << 32), number_of(file.value)}) {
    CAPTURE(number);
    CHECK(with([&](auto& h) { h.handles[0] = number; }) == errc::damaged);
  }
  CHECK(is_open(file.value));
  CHECK(with([](auto& h) { ++h.target; }) == errc::damaged);
  CHECK(is_open(sent));
  // The first of two is right, and goes with the packet.
  CHECK(with([](auto& h) { h.carriers = 2; }) == errc::damaged);
  CHECK_FALSE(is_open(sent));
  scene.check_works();
}

TEST_CASE("an object of another kind or with fewer rights than it says is refused",
          "[channel][DUP-07]") {
  victim scene;
  const auto memory = isthmus::section::create({.size = 4096});
  const auto event = isthmus::event::create();
  auto packet = scene.real(memory);
  const auto other = scene.real(event);
  CHECK(scene.attempt(changed(packet, [&](auto& h) { h.handles = header_of(other).handles; })));
  CHECK_FALSE(is_open(handle_in(other)));  // what had been sent is closed
  const auto narrow = scene.real({memory, isthmus::access::read});
  const auto ec =
      scene.attempt(changed(packet, [&](auto& h) { h.handles = header_of(narrow).handles; }));
  CAPTURE(ec);
  CHECK(ec);
  CHECK_FALSE(is_open(handle_in(narrow)));
  scene.check_works();
  CloseHandle(handle_in(packet));
}

TEST_CASE("what could not be sent in time is taken back", "[channel][DUP-07]") {
  auto ends = channel::pair();
  const auto memory = isthmus::section::create({.size = 4096});
  const std::string message(10'000, 'm');
  while (ends.first.send(memory, message, moment)) {
  }
  const auto before = open_handles();
  for (int i = 0; i < 10; ++i) CHECK_FALSE(ends.first.send(memory, message, 1ms));
  CHECK(open_handles() == before);
}

TEST_CASE("permissions say who may connect", "[channel][permissions]") {
  const auto name = unique_name("private");
  const auto door =
      listener::create({.name = name, .permissions = {.native = "D:P(A;;0x00100000;;;WD)"}});
  std::error_code ec;
  (void)channel::connect({.name = name}, ec);
  CHECK(ec == errc::access_denied);
  (void)listener::create({.name = name}, ec);
  CHECK((ec == errc::already_exists || ec == errc::access_denied));
  (void)listener::create({.name = name + "2", .permissions = {.native = "nonsense"}}, ec);
  CHECK(ec == errc::invalid_argument);
}

TEST_CASE("what stands in a listener's place is an error", "[channel]") {
  const auto name = unique_name("squatted");
  const std::wstring native = L"Local\\\xD800listener:" + std::wstring(name.begin(), name.end());
  {
    const handle event(CreateEventW(nullptr, TRUE, FALSE, native.c_str()));
    CHECK(code_of([&] { (void)listener::create({.name = name}); }) == errc::wrong_kind);
    CHECK(code_of([&] { (void)channel::connect({.name = name}); }) == errc::wrong_kind);
  }
  const handle section(
      CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, native.c_str()));
  CHECK(code_of([&] { (void)listener::create({.name = name}); }) == errc::already_exists);
  // Not complete yet.
  CHECK(code_of([&] { (void)channel::connect({.name = name}); }) == errc::not_found);
  auto* const words =
      static_cast<std::uint32_t*>(MapViewOfFile(section.value, FILE_MAP_WRITE, 0, 0, 4096));
  REQUIRE(words != nullptr);
  words[0] = 1;
  CHECK(code_of([&] { (void)channel::connect({.name = name}); }) == errc::incompatible_version);

  // Another process than the listener's at its pipe.
  const auto real = unique_name("real");
  auto door = listener::create({.name = real});
  const std::wstring real_name = L"Local\\\xD800listener:" + std::wstring(real.begin(), real.end());
  const handle theirs(OpenFileMappingW(FILE_MAP_READ, FALSE, real_name.c_str()));
  const auto* const copied =
      static_cast<const std::uint32_t*>(MapViewOfFile(theirs.value, FILE_MAP_READ, 0, 0, 0));
  REQUIRE(copied != nullptr);
  std::memcpy(words, copied, 64);
  CHECK(channel::connect({.name = name}));
  ++words[1];
  CHECK(code_of([&] { (void)channel::connect({.name = name}); }) == errc::untrusted);
  UnmapViewOfFile(words);
  UnmapViewOfFile(copied);
}

// Makes a channel of the handle that it has been given.
CHILD(heir) {
  const auto number = io.receive();
  auto end = isthmus::channel_from_native(isthmus::detail::handle_with(std::stoull(number)));
  CHILD_REQUIRE(end.peer().process_id == std::stoul(io.argument(0)));
  while (auto got = end.receive(patience())) end.send(*got.object.get<isthmus::event>(), "back");
  return 7;
}

TEST_CASE("a pair's end that a process has inherited takes objects to it", "[channel][DUP-07]") {
  auto ends = channel::pair();
  child heir("heir", {std::to_string(process_id())});
  const handle process(OpenProcess(PROCESS_ALL_ACCESS, FALSE, heir.id()));
  HANDLE there = nullptr;
  REQUIRE(DuplicateHandle(GetCurrentProcess(), isthmus::native_handle(ends.second), process.value,
                          &there, 0, FALSE, DUPLICATE_SAME_ACCESS));
  isthmus::detail::failure why;
  isthmus::detail::channel_was_inherited(*isthmus::detail::native_access::state(ends.second),
                                         process.value, why);
  REQUIRE_FALSE(why);
  auto event = isthmus::event::create();
  ends.first.send(event, "on its way before the other end is closed here");
  ends.second.close();
  heir.send(std::to_string(number_of(there)));
  auto got = ends.first.receive(patience());
  REQUIRE(got.message == "back");
  got.object.get<isthmus::event>()->set();
  CHECK(event.wait_for(0s) == isthmus::wait_status::signaled);
  ends.first.close();
  CHECK(heir.exit_code() == 7);

  const auto name = unique_name("none");
  auto door = listener::create({.name = name});
  const auto guest = channel::connect({.name = name});
  isthmus::detail::channel_was_inherited(*isthmus::detail::native_access::state(guest),
                                         process.value, why);
  CHECK(why.code == errc::not_supported);
}
