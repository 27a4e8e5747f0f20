// SPDX-License-Identifier: MIT
//
// Memory and facts that arrive are not believed: what comes by a channel, by inheritance or as a
// native handle is asked of the descriptor itself.
#include "other_user.hpp"
#include "raw_packet.hpp"
#include "runtime.hpp"

#include "posix/system/descriptor.hpp"
#include "posix/words/layout.hpp"

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/files.hpp"
#include "support/kinds.hpp"
#include "support/names.hpp"

#include <isthmus/error.hpp>
#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using isthmus::access;
using isthmus::errc;
using isthmus::section;
using isthmus::detail::anchor_header;

namespace {

constexpr int all_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

/// The bytes of some memory, whose last page has its header.
using bytes = std::vector<std::byte>;

bytes bytes_of(int fd) {
  struct stat info {};
  REQUIRE(::fstat(fd, &info) == 0);
  bytes all(static_cast<std::size_t>(info.st_size));
  REQUIRE(::pread(fd, all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()));
  return all;
}

void change_header(bytes& of, const std::function<void(anchor_header&)>& change) {
  anchor_header header{};
  std::byte* const place = of.data() + of.size() - 4096;
  std::memcpy(&header, place, sizeof header);
  change(header);
  std::memcpy(place, &header, sizeof header);
}

/// Memory of the same content, with these seals.
int forged(const bytes& content, int seals, unsigned flags = MFD_ALLOW_SEALING) {
  const int fd = ::memfd_create("forged", MFD_CLOEXEC | flags);
  REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  if (seals != 0) REQUIRE(::fcntl(fd, F_ADD_SEALS, seals) == 0);
  return fd;
}

/// What receiving the packet of an object fails with, with this descriptor for its own. Takes it.
support::thrown received_with(victim& scene, const raw& packet, int fd) {
  REQUIRE(send_raw(scene.socket(), {packet.bytes, {fd}}));
  ::close(fd);
  return support::thrown_by([&] { (void)scene.good.receive(support::patience()); });
}

template <class T>
T from_native(int fd, isthmus::access rights) {
  if constexpr (std::is_same_v<T, section>)
    return isthmus::section_from_native(fd, rights);
  else if constexpr (std::is_same_v<T, isthmus::mutex>)
    return isthmus::mutex_from_native(fd, rights);
  else if constexpr (std::is_same_v<T, isthmus::semaphore>)
    return isthmus::semaphore_from_native(fd, rights);
  else if constexpr (std::is_same_v<T, isthmus::event>)
    return isthmus::event_from_native(fd, rights);
  else
    return isthmus::timer_from_native(fd, rights);
}

/// Runs the program of a child, which has been passed one object, after it has copied the object's
/// memory into the file $0 and put that in its place.
constexpr const char* forging_script = R"(
for fd in /proc/$$/fd/*; do
  [[ $(readlink "$fd") == '/memfd:isthmus (deleted)' ]] || continue
  [[ $(head -c 8 "$fd" | tr -d '\0') != isthwil1 ]] || continue
  cat "$fd" >"$0" && eval "exec ${fd##*/}<>\"$0\"" && rm "$0" || exit 90
done
exec "$@")";

}  // namespace

TEMPLATE_LIST_TEST_CASE("memory that its sender could cut short is refused",
                        "[channel][DUP-07][hostile]", support::kinds) {
  using kind = support::kind<TestType>;
  victim scene;
  auto object = TestType::create(kind::create());
  raw packet = scene.real(object, "m");
  REQUIRE(packet.descriptors.size() == 1);
  const bytes content = bytes_of(packet.descriptors[0]);
  for (const int seals : {0, F_SEAL_GROW, F_SEAL_GROW | F_SEAL_SEAL, F_SEAL_SHRINK | F_SEAL_GROW}) {
    INFO("seals " << seals);
    const auto problem = received_with(scene, packet, forged(content, seals));
    CHECK(problem.code == errc::untrusted);
    CHECK(problem.text.find("not sealed") != std::string::npos);
    const int fd = forged(content, seals);
    CHECK(support::code_of([&] { (void)from_native<TestType>(fd, kind::full); }) ==
          errc::untrusted);
    ::close(fd);
  }
  const auto folder = support::temporary_folder();
  for (const auto& place : {runtime() / "plain", folder / "plain"}) {  // in memory, on a disk
    const int fd = ::open(place.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ::unlink(place.c_str());
    CHECK(received_with(scene, packet, fd).code);
  }
  // With all seals it would be one of the library's own making, for all that anybody can tell.
  CHECK_FALSE(received_with(scene, packet, forged(content, all_seals)).code);
  scene.check_works();
  close_all(packet);
}

CHILD(takes_what_was_forged) {
  std::error_code ec;
  const auto got = isthmus::inherited<section>("it", ec);
  return ec == errc::untrusted ? 1 : ec == errc::damaged ? 2 : ec ? 3 : 0;
}

TEST_CASE("memory that who passes it on could cut short is not inherited",
          "[channel][INH-04][hostile]") {
  const auto object = section::create({.size = 8192});
  const auto folder = support::temporary_folder();
  const auto on_disk = folder / "forged";
  const auto result_in = [&](const std::filesystem::path& place) {
    auto started = isthmus::process::start(
        {.program = "/bin/bash",
         .arguments = {"-c", forging_script, place.string(), support::child_program().string(),
                       support::child_argument("takes_what_was_forged")},
         .inherit = {{"it", object}}});
    REQUIRE(started.wait_for(support::patience()) == isthmus::wait_status::signaled);
    return started.exit_code().value_or(-1);
  };
  CHECK(result_in(runtime() / "forged") == 1);
  const int seals_of_disk = [&] {
    const isthmus::detail::descriptor fd(::open(on_disk.c_str(), O_RDWR | O_CREAT, 0600));
    return ::fcntl(fd.get(), F_GET_SEALS);
  }();
  if (seals_of_disk < 0) CHECK(result_in(on_disk) == 2);
}

TEST_CASE("a name does not excuse memory that is elsewhere than in memory",
          "[channel][DUP-07][hostile]") {
  victim scene;
  const auto name = support::unique_name("elsewhere");
  raw packet;
  bytes content;
  {
    const auto object = section::create({.name = name, .size = 4096});
    packet = scene.real(object, "m");
    content = bytes_of(packet.descriptors[0]);
    close_all(packet);
  }
  const auto folder = support::temporary_folder();
  const auto place = folder / "disk";
  const int fd = ::open(place.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  REQUIRE(::write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  if (::fcntl(fd, F_GET_SEALS) >= 0) SKIP("the temporary folder is in memory");
  CHECK(received_with(scene, packet, fd).code == errc::damaged);
}

TEST_CASE("what a section's header says must be what its packet says",
          "[channel][DUP-07][hostile]") {
  victim scene;
  const auto object = section::create({.size = 65536});
  raw packet = scene.real(object, "m");
  const bytes content = bytes_of(packet.descriptors[0]);
  using change = std::function<void(anchor_header&)>;
  const std::vector<std::pair<const char*, change>> changes{
      {"a smaller size", [](auto& h) { h.size = 4096; }},
      {"a larger size", [](auto& h) { h.size = h.before = 1 << 20; }},
      {"other rights of its pages", [](auto& h) { h.access = 1; }},
      {"a file", [](auto& h) { h.flags |= isthmus::detail::anchor_file; }},
      {"bytes apart", [](auto& h) { h.flags |= isthmus::detail::anchor_apart; }},
      {"a flag that there is not", [](auto& h) { h.flags |= 1U << 30; }},
      {"another identity", [](auto& h) { ++h.identity[0]; }},
      {"a name", [](auto& h) { h.name[h.name_length++] = 'x'; }}};
  for (const auto& [text, each] : changes) {
    INFO(text);
    bytes false_one = content;
    change_header(false_one, each);
    CHECK(received_with(scene, packet, forged(false_one, all_seals)).code == errc::damaged);
  }
  bytes cut(content.begin() + 4096, content.end());
  CHECK(received_with(scene, packet, forged(cut, all_seals)).code == errc::damaged);
  scene.check_works();
  close_all(packet);
}

TEMPLATE_LIST_TEST_CASE("the creator of what has arrived is whom the kernel says",
                        "[channel][ACL-13][hostile]", support::kinds) {
  using kind = support::kind<TestType>;
  victim scene;
  auto object = TestType::create(kind::create());
  raw packet = scene.real(object, "m");
  bytes content = bytes_of(packet.descriptors[0]);
  const auto truth = object.creator().user;
  change_header(content, [](auto& h) { h.creator_user = 4242; });
  REQUIRE(send_raw(scene.socket(), {packet.bytes, {forged(content, all_seals)}}));
  auto got = scene.good.receive(support::patience());
  REQUIRE(got.object.template get<TestType>() != nullptr);
  CHECK(got.object.template get<TestType>()->creator().user == truth);
  auto native = from_native<TestType>(forged(content, all_seals), kind::full);
  CHECK(native.creator().user == truth);
  close_all(packet);
}

TEST_CASE("a section of a file that arrives belongs to the file's owner, and its maker is unknown",
          "[channel][ACL-13]") {
  const auto folder = support::temporary_folder();
  support::write_file(folder / "bytes", "some bytes");
  if (plays_users()) REQUIRE(::chown((folder / "bytes").c_str(), alice, alice) == 0);
  auto [mine, theirs] = isthmus::channel::pair();
  mine.send(section::from_file(folder / "bytes", {.access = access::read}), "");
  const auto got = theirs.receive(support::patience()).object.take<section>();
  CHECK(got.creator().user == std::to_string(plays_users() ? alice : ::geteuid()));
  CHECK_FALSE(got.creator().process_id);
  CHECK(got.backing() == isthmus::section_backing::file);
}

TEST_CASE("a section of a file that was cut short since is file_changed, not a fault",
          "[channel][HARD-08]") {
  const auto folder = support::temporary_folder();
  support::write_file(folder / "bytes", std::string(8192, 'x'));
  auto [mine, theirs] = isthmus::channel::pair();
  mine.send(section::from_file(folder / "bytes", {.access = access::read}), "");
  const auto got = theirs.receive(support::patience()).object.take<section>();
  REQUIRE(::truncate((folder / "bytes").c_str(), 0) == 0);
  CHECK(support::code_of([&] { (void)isthmus::const_view::map(got); }) == errc::file_changed);
}

TEMPLATE_LIST_TEST_CASE("memory without a name is sealed when it is made", "[channel][HARD-08]",
                        support::kinds) {
  using kind = support::kind<TestType>;
  const auto object = TestType::create(kind::create());
  const int fd = isthmus::native_handle(object);
  CHECK((::fcntl(fd, F_GET_SEALS) & all_seals) == all_seals);
  CHECK(::ftruncate(fd, 0) != 0);
}
