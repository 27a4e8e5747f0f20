// SPDX-License-Identifier: MIT
//
// Objects without a name that another user was sent: what that user can do to them, whatever it
// tries.
#include "runtime.hpp"
#include "users.hpp"

#include "support/kinds.hpp"

#include <isthmus/error.hpp>
#include <isthmus/isthmus.hpp>
#include <isthmus/native.hpp>

#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <string>
#include <system_error>
#include <type_traits>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace white;
using isthmus::access;
using isthmus::channel;
using isthmus::errc;
using isthmus::section;

namespace {

/// Opens the descriptor once more, by all the ways there are; 0 where it worked, or why not.
int reopened(int fd, int mode) {
  for (const std::string& way :
       {"/proc/self/fd/" + std::to_string(fd), "/proc/thread-self/fd/" + std::to_string(fd),
        "/dev/fd/" + std::to_string(fd)}) {
    const int again = ::open(way.c_str(), mode | O_CLOEXEC);
    if (again < 0 && errno != EACCES) return errno;
    if (again < 0) continue;
    ::close(again);
    return 0;
  }
  return EACCES;
}

/// What `work` comes to in a process of this user that has received the object.
template <class Work>
int received_as(uid_t user, const isthmus::object_ref& object, Work work) {
  auto ends = channel::pair();
  auto& theirs = ends.second;  // a lambda cannot capture a structured binding everywhere
  ends.first.send(object, "");
  return in_child(as_user(user, [&] { return work(theirs.receive(support::patience()).object); }));
}

}  // namespace

TEST_CASE("another user who was sent a section to read cannot write it, whatever it tries",
          "[users][ACL-15][DUP-02]") {
  if (!plays_users()) SKIP("only root can play other users");
  const auto object = section::create({.size = 4096});
  isthmus::view::map(object).as<int>() = 4711;
  CHECK(received_as(bob, {object, access::read}, [](isthmus::any_object got) {
          const auto* const memory = got.get<section>();
          const int fd = isthmus::native_handle(*memory);
          if (isthmus::const_view::map(*memory).as<int>() != 4711) return 1;
          if (reopened(fd, O_RDWR) != EACCES) return 2;
          if (reopened(fd, O_WRONLY) != EACCES) return 3;
          if (::fchmod(fd, 0666) == 0) return 4;
          void* const place = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0);
          if (place == MAP_FAILED || ::mprotect(place, 4096, PROT_READ | PROT_WRITE) == 0) return 5;
          std::error_code ec;
          (void)memory->duplicate(access::read | access::write, ec);
          return ec == errc::access_denied ? 0 : 6;
        }) == 0);
  CHECK(isthmus::const_view::map(object).as<int>() == 4711);
}

TEST_CASE("another user can hand on what it was sent, with fewer rights", "[users][DUP-02]") {
  if (!plays_users()) SKIP("only root can play other users");
  const auto object = section::create({.size = 4096});
  CHECK(received_as(bob, object, [](isthmus::any_object got) {
          const auto reader = got.get<section>()->duplicate(access::read);
          if ((::fcntl(isthmus::native_handle(reader), F_GETFL) & O_ACCMODE) != O_RDONLY) return 1;
          auto [mine, theirs] = channel::pair();
          mine.send({*got.get<section>(), access::read}, "");
          const auto third = theirs.receive(support::patience()).object.take<section>();
          const bool narrow = (::fcntl(isthmus::native_handle(third), F_GETFL) & O_ACCMODE) == 0;
          return narrow && third.access() == access::read ? 0 : 2;
        }) == 0);
}

TEST_CASE("permissions of an unnamed section say who may open its memory again to write",
          "[users][ACL-08]") {
  if (!plays_users()) SKIP("only root can play other users");
  const auto object = section::create({.size = 4096, .permissions = everyone});
  CHECK(received_as(bob, {object, access::read}, [](isthmus::any_object got) {
          return reopened(isthmus::native_handle(*got.get<section>()), O_RDWR);
        }) == 0);
}

TEMPLATE_LIST_TEST_CASE("memory without a name is its user's alone, whatever the umask",
                        "[users][ACL-07][HARD-29]", support::kinds) {
  using kind = support::kind<TestType>;
  const mode_t before = ::umask(0777);
  const auto object = TestType::create(kind::create());
  ::umask(before);
  struct stat info {};
  REQUIRE(::fstat(isthmus::native_handle(object), &info) == 0);
  const bool is_section = std::is_same_v<TestType, section>;
  CHECK((info.st_mode & 07777) == (is_section ? 0644U : 0600U));
}
