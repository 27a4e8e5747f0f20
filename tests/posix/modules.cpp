// SPDX-License-Identifier: MIT
//
// One process, several modules, each with the library linked into it.
#include "forked.hpp"
#include "posix/names/lifetime.hpp"
#include "runtime.hpp"

#include "support/names.hpp"
#include "support/system.hpp"
#include "support/threads.hpp"

#include <isthmus/mutex.hpp>

#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <unistd.h>

using namespace white;

namespace {

/// A loaded module. This program itself has no copy of the library in use.
class module {
 public:
  explicit module(const std::string& which)
      : handle_(
            ::dlopen((support::program().parent_path() / which).c_str(), RTLD_NOW | RTLD_LOCAL)) {
    if (handle_ == nullptr) throw std::runtime_error(::dlerror());
  }
  module(const module&) = delete;
  module& operator=(const module&) = delete;
  ~module() { unload(); }
  void unload() {
    if (handle_ != nullptr) ::dlclose(handle_);
    handle_ = nullptr;
  }

  [[nodiscard]] int open(const std::string& name) const {
    return find<int(const char*)>("module_open")(name.c_str());
  }
  [[nodiscard]] int try_lock() const { return find<int()>("module_try_lock")(); }
  [[nodiscard]] int unlock() const { return find<int()>("module_unlock")(); }
  [[nodiscard]] int clean() const { return find<int()>("module_clean")(); }
  [[nodiscard]] int close() const { return find<int()>("module_close")(); }

 private:
  template <class Function>
  Function* find(const char* name) const {
    void* const place = ::dlsym(handle_, name);
    if (place == nullptr) throw std::runtime_error(::dlerror());
    return reinterpret_cast<Function*>(place);
  }
  void* handle_;
};

const std::string first = "libposix_module_a.so";
const std::string second = "libposix_module_b.so";

enum { signaled, abandoned, busy };

/// Each test in a process that has loaded nothing yet.
#define CHECK_IN_CHILD(...) CHECK(in_child(__VA_ARGS__) == 0)
#define NEED(...) \
  if (!(__VA_ARGS__)) return __LINE__ % 90 + 1

}  // namespace

TEST_CASE("a thread is the same one for every module", "[modules][MTX-02]") {
  const auto name = support::unique_name("modules");
  CHECK_IN_CHILD([&] {
    const module a(first);
    const module b(second);
    NEED(a.open(name) == 0 && b.open(name) == 0);
    NEED(a.try_lock() == signaled && b.try_lock() == signaled);
    NEED(support::in_thread([&] { return a.try_lock() == busy && b.try_lock() == busy; }));
    NEED(a.unlock() == 0);
    NEED(support::in_thread([&] { return a.try_lock() == busy && b.try_lock() == busy; }));
    NEED(a.unlock() == 0 && b.unlock() != 0);  // taken by both, given back by one
    NEED(support::in_thread([&] {
      const bool took = b.try_lock() == signaled && a.try_lock() == signaled;
      return took && b.unlock() == 0 && a.unlock() == 0;
    }));
    return 0;
  });
}

TEST_CASE("every module is told of a death that another module's lock left",
          "[modules][MTX-06][MTX-08]") {
  const auto name = support::unique_name("modules");
  CHECK_IN_CHILD([&] {
    const module a(first);
    const module b(second);
    NEED(a.open(name) == 0 && b.open(name) == 0);
    NEED(support::in_thread([&] { return a.try_lock(); }) == signaled);
    NEED(b.try_lock() == abandoned && a.try_lock() == signaled);
    return 0;
  });
}

TEST_CASE("the module that leads publishes its records when another one has a global object",
          "[modules][global][MTX-06]") {
  if (!isthmus::detail::global_names) SKIP("this build has no scope::global");
  const auto name = "Global\\" + support::unique_name("modules");
  shared<std::atomic<bool>> locked;
  forked owner([&] {
    const module a(first);
    const module b(second);
    NEED(a.open(support::unique_name("own")) == 0 && a.try_lock() == signaled);
    NEED(b.open(name) == 0 && b.try_lock() == signaled);
    *locked = true;
    await([] { return false; });
    return 0;
  });
  REQUIRE(support::eventually([&] { return locked->load(); }));
  // Whoever looks for the owner of a global object looks for what has been published.
  CHECK_IN_CHILD([&] {
    auto guard = isthmus::mutex::open({.name = name});
    NEED(!guard.try_lock());
    ::kill(owner.id(), SIGKILL);
    return guard.wait_for(support::patience()) == isthmus::wait_status::abandoned ? 0 : 1;
  });
}

TEST_CASE("a module that leads may be unloaded while others go on", "[modules]") {
  for (const bool first_goes : {true, false}) {
    const auto name = support::unique_name("modules");
    CHECK_IN_CHILD([&] {
      module a(first);
      module b(second);
      NEED(a.open(name) == 0 && b.open(name) == 0);
      module& goes = first_goes ? a : b;
      module& stays = first_goes ? b : a;
      support::worker keeper;  // a thread that has its identity already
      NEED(keeper.run([&] { return goes.try_lock() == signaled && goes.unlock() == 0; }));
      NEED(goes.close() == 0);
      goes.unload();
      NEED(stays.try_lock() == signaled);
      NEED(keeper.run([&] { return stays.try_lock(); }) == busy);
      NEED(stays.unlock() == 0);
      NEED(keeper.run([&] { return stays.try_lock() == signaled && stays.unlock() == 0; }));
      NEED(support::in_thread([&] { return stays.try_lock(); }) == signaled);
      NEED(stays.try_lock() == abandoned && stays.unlock() == 0);
      // Forks after it call nothing of what is gone.
      NEED(in_child([&] { return stays.try_lock() == signaled ? 0 : 1; }) == 0);
      return 0;
    });
  }
}

TEST_CASE("a module that is loaded later joins the others", "[modules][MTX-02]") {
  const auto name = support::unique_name("modules");
  CHECK_IN_CHILD([&] {
    const module b(second);
    NEED(b.open(name) == 0 && b.try_lock() == signaled);
    const module a(first);
    NEED(a.open(name) == 0 && a.try_lock() == signaled);
    NEED(a.unlock() == 0 && b.unlock() == 0);
    return 0;
  });
}

TEST_CASE("forks while threads use both modules come to an end", "[modules][fork]") {
  CHECK_IN_CHILD([&] {
    const module a(first);
    const module b(second);
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (const module* const one : {&a, &b}) {
      const auto name = support::unique_name("modules");
      NEED(one->open(name) == 0);
      threads.emplace_back([&stop, one] {
        while (!stop)
          support::in_thread([&] { return one->try_lock() + one->unlock() + one->clean(); });
      });
    }
    int wrong = 0;
    for (int i = 0; i < 300; ++i)
      if (in_child([&] { return a.try_lock() > busy || b.try_lock() > busy ? 1 : 0; }) != 0)
        ++wrong;
    stop = true;
    for (auto& thread : threads) thread.join();
    return wrong == 0 ? 0 : 1;
  });
}
