// SPDX-License-Identifier: MIT
//
// What a process could still use, by the kernel's files: those of control groups of both kinds, as
// machines and containers show them, copied into a folder of the test's.
#include "posix/system/linux/memory_left.hpp"

#include "forked.hpp"
#include "runtime.hpp"

#include "posix/system/descriptor.hpp"

#include "support/files.hpp"
#include "support/limits.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using isthmus::detail::memory_left_under;

namespace {

constexpr std::uint64_t mib = 1 << 20;

/// A system as its files show it.
class fake_system {
 public:
  explicit fake_system(const std::string& groups) {
    write("/proc/meminfo",
          "MemTotal:       16777216 kB\nMemFree:  1024 kB\nMemAvailable:    8388608 kB\n"
          "SwapFree:        1048576 kB\n");
    write("/proc/self/cgroup", groups);
  }

  void write(const std::string& path, const std::string& text) {
    const auto file = root_.path().string() + path;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    support::write_file(file, text);
  }
  /// A group of the newer kind; `limit` in MiB, 0: "max".
  void newer(const std::string& path, std::uint64_t limit, std::uint64_t used,
             std::uint64_t inactive = 0, std::uint64_t active = 0, std::uint64_t shmem = 0) {
    const std::string group = "/sys/fs/cgroup" + path;
    write(group + "/memory.max", (limit == 0 ? "max" : std::to_string(limit * mib)) + "\n");
    write(group + "/memory.current", std::to_string(used * mib) + "\n");
    write(group + "/memory.stat",
          "anon 4096\nfile " + std::to_string((inactive + active + shmem) * mib) + "\nshmem " +
              std::to_string(shmem * mib) + "\n" + std::string(5000, '\n') + "inactive_file " +
              std::to_string(inactive * mib) + "\nactive_file " + std::to_string(active * mib) +
              "\n");
  }
  /// One of the older kind. Its own figures come first and leave out those below.
  void older(const std::string& path, std::uint64_t limit, std::uint64_t used,
             std::uint64_t inactive = 0, std::uint64_t active = 0, bool hierarchy = true,
             const std::string& mounted = "/sys/fs/cgroup/memory") {
    const std::string group = mounted + path;
    write(group + "/memory.limit_in_bytes",
          (limit == 0 ? "9223372036854771712" : std::to_string(limit * mib)) + "\n");
    write(group + "/memory.usage_in_bytes", std::to_string(used * mib) + "\n");
    write(group + "/memory.use_hierarchy", hierarchy ? "1\n" : "0\n");
    write(group + "/memory.stat",
          "cache 0\ninactive_file 0\nactive_file 0\ntotal_cache 1\ntotal_inactive_file " +
              std::to_string(inactive * mib) + "\ntotal_active_file " +
              std::to_string(active * mib) + "\n");
  }
  /// In MiB.
  [[nodiscard]] std::uint64_t left() const {
    const auto bytes = memory_left_under(root_.path().string());
    REQUIRE(bytes);
    CHECK(*bytes % mib == 0);
    return *bytes / mib;
  }

 private:
  white::private_runtime root_;
};

constexpr std::uint64_t machine = 8192 + 1024;

}  // namespace

TEST_CASE("without control groups the machine's memory and swap are left", "[memory_left]") {
  CHECK(fake_system("").left() == machine);
  CHECK(fake_system("0::/\n").left() == machine);
  CHECK_FALSE(memory_left_under("/nothing/is/here"));
}

TEST_CASE("a newer group leaves its limit less what it cannot give back", "[memory_left]") {
  fake_system system("0::/user.slice/app\n");
  system.newer("/user.slice/app", 0, 100);
  CHECK(system.left() == machine);
  system.newer("/user.slice/app", 256, 200, 100, 50);
  CHECK(system.left() == 256 - 50);  // files that are read often can be given back as well
  system.newer("/user.slice/app", 256, 200, 0, 0, 150);
  CHECK(system.left() == 256 - 200);  // shared memory cannot
  system.newer("/user.slice/app", 256, 300);
  CHECK(system.left() == 0);
  system.newer("/user.slice/app", 256, 10, 20, 20);
  CHECK(system.left() == 256);
}

TEST_CASE("the tightest of nested groups counts", "[memory_left]") {
  fake_system system("0::/a/b/c\n");
  system.newer("/a", 300, 290);
  system.newer("/a/b", 200, 10);
  system.newer("/a/b/c", 100, 5);
  CHECK(system.left() == 10);
  system.newer("/a", 300, 100);
  CHECK(system.left() == 95);
}

TEST_CASE("a group of the older kind leaves its limit less what it cannot give back",
          "[memory_left]") {
  for (const std::string controllers : {"memory", "cpuset,memory"}) {
    INFO(controllers);
    fake_system system("9:name=systemd:/x\n4:" + controllers + ":/jobs/7\n3:cpu:/y\n0::/z\n");
    const std::string mounted = "/sys/fs/cgroup/" + controllers;
    system.older("", 0, 5000, 0, 0, true, mounted);
    system.older("/jobs/7", 0, 50, 0, 0, true, mounted);
    CHECK(system.left() == machine);
    system.older("/jobs/7", 128, 100, 30, 20, true, mounted);
    CHECK(system.left() == 128 - 50);
    system.older("/jobs", 64, 60, 0, 0, true, mounted);
    CHECK(system.left() == 4);
    system.older("/jobs", 64, 60, 0, 0, false, mounted);  // does not count those in it
    CHECK(system.left() == 128 - 50);
  }
}

TEST_CASE("where both kinds are mounted the one that has the memory counts", "[memory_left]") {
  fake_system system("4:memory:/old\n0::/new\n");
  system.write("/sys/fs/cgroup/unified/new/cgroup.procs", "1\n");
  system.older("", 0, 100);
  system.older("/old", 64, 32);
  CHECK(system.left() == 32);
  fake_system other("4:cpu:/old\n0::/new\n");
  other.newer("/new", 48, 40);
  CHECK(other.left() == 8);
}

TEST_CASE("a container's group is found whatever its path is called outside", "[memory_left]") {
  const std::string outside = "/docker/0123456789abcdef";
  fake_system older("4:memory:" + outside + "\n");
  older.older("", 100, 40);
  CHECK(older.left() == 60);
  fake_system nested("4:memory:" + outside + "/inner\n");
  nested.older("", 100, 40);
  nested.older("/inner", 50, 45);
  CHECK(nested.left() == 5);
  fake_system newer("0::" + outside + "\n");
  newer.newer("", 200, 40);
  CHECK(newer.left() == 160);
  fake_system above("0::/../../elsewhere\n");
  above.newer("", 70, 40);
  CHECK(above.left() == 30);
}

namespace {

/// A control group with a limit of memory, where this user may make one.
class limited_group {
 public:
  explicit limited_group(std::uint64_t limit) {
    const std::string name = "/isthmus-test-" + std::to_string(::getpid());
    for (const auto& [mounted, limits] :
         {std::pair{"/sys/fs/cgroup/memory", "/memory.limit_in_bytes"},
          std::pair{"/sys/fs/cgroup/unified", "/memory.max"},
          std::pair{"/sys/fs/cgroup", "/memory.max"}}) {
      const std::string path = mounted + name;
      if (::mkdir(path.c_str(), 0755) != 0) continue;
      if (write_into(path + limits, limit)) {
        path_ = path;
        return;
      }
      ::rmdir(path.c_str());
    }
  }
  ~limited_group() {
    if (*this) CHECK(support::eventually([&] { return ::rmdir(path_.c_str()) == 0; }));
  }
  limited_group(const limited_group&) = delete;
  limited_group& operator=(const limited_group&) = delete;

  explicit operator bool() const { return !path_.empty(); }
  /// This process is in it from now on.
  [[nodiscard]] bool enter() const {
    return write_into(path_ + "/cgroup.procs", static_cast<std::uint64_t>(::getpid()));
  }

 private:
  static bool write_into(const std::string& file, std::uint64_t number) {
    const isthmus::detail::descriptor fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    const std::string text = std::to_string(number);
    return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }
  std::string path_;
};

}  // namespace

TEST_CASE("in a group with a limit what is too large is no_space, and what is not has its memory",
          "[memory_left][SEC-19]") {
  const limited_group group(64 * mib);
  if (!group) SKIP("this user may not make a control group with a limit of memory here");
  const int code = white::in_child([&] {
    if (!group.enter()) return 1;
    std::error_code ec;
    (void)isthmus::section::create({.size = 256 * mib}, ec);
    if (ec != isthmus::errc::no_space) return 2;
    const auto made = isthmus::section::create({.size = 32 * mib});
    const auto view = isthmus::view::map(made);
    for (auto& byte : view.bytes()) byte = std::byte{1};
    (void)isthmus::section::create({.size = 40 * mib}, ec);  // which would fit alone
    return ec == isthmus::errc::no_space ? 0 : 3;
  });
  CHECK(code == 0);
}
