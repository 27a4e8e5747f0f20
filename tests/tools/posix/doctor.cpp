// SPDX-License-Identifier: MIT
//
// What doctor says of surroundings in which the library does not work, or not as well.
#include "tools/posix/surrounding.hpp"

#include "support/child.hpp"

#include <isthmus/inspect.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

using namespace support;

namespace {

constexpr const char* memory = "/dev/shm";

/// The first line of doctor that begins with this word and has this text; empty: none.
std::string line_of(const answer& told, std::string_view word, std::string_view text) {
  std::istringstream lines(told.output);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(word) && contains(line, text)) return line;
  return {};
}

answer doctor_in(const preparation& prepare) { return command_in(prepare, {"doctor"}); }

answer doctor_with_memory(unsigned long flags, const char* options) {
  return doctor_in([=] { return mount_memory(memory, flags, options); });
}

answer doctor_without(int call, int error, int command = -1) {
  return doctor_in([=] {
    return mount_memory(memory, 0, "mode=1777") && forbid({call, error, command});
  });
}

}  // namespace

TEST_CASE("doctor finds a directory from which others may take the names away", "[tool]") {
  const temporary_folder folder;
  const auto inner = folder / "names";
  REQUIRE(::mkdir(inner.c_str(), 0700) == 0);
  ::setenv("ISTHMUS_RUNTIME_DIR", inner.c_str(), 1);
  const auto told_with = [&](mode_t mode) {
    REQUIRE(::chmod(inner.c_str(), mode) == 0);
    return command({"doctor"}).output;
  };
  const auto advice = "chmod +t " + inner.string();
  const auto open = told_with(0777);
  const auto sticky = told_with(01777);
  const auto alone = told_with(0700);
  ::unsetenv("ISTHMUS_RUNTIME_DIR");
  CHECK(contains(open, advice));
  CHECK(contains(open, "mode 0777"));
  CHECK_FALSE(contains(sticky, advice));
  CHECK(contains(sticky, "mode 1777"));
  CHECK_FALSE(contains(alone, advice));
}

TEST_CASE("doctor finds nothing that fails where all is well, and has tried it", "[tool]") {
  const auto told = doctor_with_memory(0, "mode=1777,size=256m");
  INFO(told.output << told.error);
  CHECK(told.code == 0);
  CHECK(line_of(told, "fails", "").empty());
  for (const char* const tried :
       {"a named section is made", "an owner of a mutex dies", "is woken by another process",
        "are awaited together", "an unnamed section", "is sent to another process",
        "is inherited by another process", "a channel is connected by name"}) {
    INFO(tried);
    CHECK_FALSE(line_of(told, "ok", tried).empty());
  }
}

TEST_CASE("doctor fails where the place of names cannot be written", "[tool]") {
  const auto told = doctor_with_memory(MS_RDONLY, "mode=1777");
  INFO(told.output);
  CHECK(told.code == 1);
  CHECK_FALSE(line_of(told, "fails", "read-only").empty());
  CHECK_FALSE(line_of(told, "fails", "a named section is made").empty());
}

TEST_CASE("doctor fails where only few files, or bytes, are left for names", "[tool]") {
  const auto files = doctor_with_memory(0, "mode=1777,nr_inodes=16");
  INFO(files.output);
  CHECK(files.code == 1);
  CHECK_FALSE(line_of(files, "fails", "files in /dev/shm").empty());
  const auto bytes = doctor_with_memory(0, "mode=1777,size=64k");
  INFO(bytes.output);
  CHECK(bytes.code == 1);
  CHECK_FALSE(line_of(bytes, "fails", "room in /dev/shm").empty());
}

TEST_CASE("doctor does not take a place without a limit for a full one", "[tool]") {
  const auto told = doctor_with_memory(0, "mode=1777,size=0,nr_inodes=0");
  INFO(told.output);
  CHECK(told.code == 0);
  CHECK_FALSE(contains(told.output, "0 B free"));
  CHECK_FALSE(line_of(told, "ok", "room in /dev/shm").empty());
}

TEST_CASE("doctor fails where other users may not have names", "[tool]") {
  const auto told = doctor_with_memory(0, "mode=0700");
  INFO(told.output);
  CHECK(told.code == 1);
  CHECK_FALSE(line_of(told, "fails", "mode 0700").empty());
}

TEST_CASE("doctor says of a place on a disk that it is slower", "[tool]") {
  struct statfs info {};
  constexpr auto memory_magic = 0x01021994;
  if (::statfs("/var/tmp", &info) != 0 || info.f_type == memory_magic) SKIP("no disk at /var/tmp");
  std::string folder = "/var/tmp/isthmus-doctor-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  ::setenv("ISTHMUS_RUNTIME_DIR", folder.c_str(), 1);
  const auto told = command({"doctor"});
  ::unsetenv("ISTHMUS_RUNTIME_DIR");
  std::filesystem::remove_all(folder);
  INFO(told.output);
  CHECK_FALSE(line_of(told, "degraded", "on a disk").empty());
}

TEST_CASE("doctor says what is missing without /proc", "[tool]") {
  // Without /proc a program cannot find a library by where it lies itself.
  const auto libraries = command_file().parent_path() / ".." / "src";
  ::setenv("LD_LIBRARY_PATH", libraries.c_str(), 1);
  const auto told = doctor_in([] {
    return mount_memory(memory, 0, "mode=1777") &&
           ::mount("tmpfs", "/proc", "tmpfs", 0, nullptr) == 0;
  });
  ::unsetenv("LD_LIBRARY_PATH");
  INFO(told.output);
  CHECK_FALSE(line_of(told, "degraded", "/proc/self/fd").empty());
  CHECK((told.code == 1) == !line_of(told, "fails", "").empty());
}

TEST_CASE("doctor names each call that a sandbox forbids, and fails where nothing replaces it",
          "[tool]") {
  struct missing {
    int call;
    int command;
    const char* name;
    const char* word;
  };
  for (const missing& each : {missing{SYS_memfd_create, -1, "memfd_create", "fails"},
                              {SYS_fcntl, F_OFD_SETLK, "fcntl with F_OFD_SETLK", "fails"},
                              {SYS_fcntl, F_OFD_GETLK, "fcntl with F_OFD_GETLK", "fails"},
                              {SYS_linkat, -1, "linkat", "fails"},
                              {SYS_get_robust_list, -1, "get_robust_list", "degraded"},
                              {SYS_pidfd_open, -1, "pidfd_open", "degraded"},
                              {449, -1, "futex_waitv", "degraded"}}) {
    INFO(each.name);
    const auto told = doctor_without(each.call, EPERM, each.command);
    INFO(told.output);
    CHECK_FALSE(line_of(told, each.word, std::string(each.name) + ": ").empty());
    CHECK(told.code == (std::string_view(each.word) == "fails" ? 1 : 0));
    if (told.code == 0) CHECK(line_of(told, "fails", "").empty());
    if (told.code == 1) CHECK(contains(told.output, "missing here: "));
  }
}

TEST_CASE("doctor outlives a sandbox that kills, and says what for", "[tool]") {
  const auto told = doctor_without(SYS_linkat, 0);
  INFO(told.output);
  CHECK(told.code == 1);
  CHECK_FALSE(line_of(told, "fails", "linkat: ended by signal 31").empty());
  CHECK_FALSE(line_of(told, "fails", "a named section").empty());
  CHECK_FALSE(line_of(told, "ok", "an unnamed section").empty());
}

TEST_CASE("doctor finds cleaners that go by age, also where they are told of names alone",
          "[tool]") {
  const auto told_with = [](const char* setting) {
    return doctor_in([=] {
      if (!mount_memory("/etc/", 0, "mode=0755") || ::mkdir("/etc/tmpfiles.d", 0755) != 0)
        return false;
      const int file = ::open("/etc/tmpfiles.d/shm.conf", O_WRONLY | O_CREAT, 0644);
      const auto size = static_cast<ssize_t>(std::string_view(setting).size());
      return ::write(file, setting, std::string_view(setting).size()) == size &&
             ::close(file) == 0 && ::mount("tmpfs", memory, "tmpfs", 0, "mode=1777") == 0;
    });
  };
  for (const char* const ages :
       {"d /dev/shm 1777 root root 10d\n", "e /dev/shm/isthmus.* - - - 10d\n",
        "e /dev/shm/isthmus-* - - - 10d\n", "q /dev 0755 root root 1d\nx /dev/shm/isthmus-*\n"}) {
    const auto told = told_with(ages);
    INFO(ages << told.output);
    CHECK(told.code == 1);
    CHECK_FALSE(line_of(told, "fails", "old files at /dev/shm/isthmus").empty());
  }
  for (const char* const keeps :
       {"d /dev/shm 1777 root root 10d\nx /dev/shm/isthmus-*\nx /dev/shm/isthmus.*\n",
        "d /dev/shm 1777 root root -\n", "d /tmp 1777 root root 10d\n", "x /dev/shm\n"}) {
    const auto told = told_with(keeps);
    INFO(keeps << told.output);
    CHECK_FALSE(line_of(told, "ok", "no cleaner of temporary files").empty());
  }
}

TEST_CASE("doctor --json gives an array with a check on each line", "[tool]") {
  const auto told = command({"doctor", "--json"});
  CHECK(told.output.starts_with("[\n{\"status\":\"ok\",\"what\":\""));
  CHECK(told.output.ends_with("}\n]\n"));
  CHECK((told.code == 1) == contains(told.output, R"("status":"fails")"));
}
