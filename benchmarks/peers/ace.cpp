// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <ace/OS_NS_errno.h>
#include <ace/OS_NS_sys_time.h>
#include <ace/Process_Mutex.h>
#include <ace/Time_Value.h>
#include <ace/Version.h>

#include <system_error>

namespace peers {
namespace {

void check(int result, const char* what) {
  if (result == -1) throw std::system_error(ACE_OS::last_error(), std::generic_category(), what);
}

class named_mutex : public mutex {
 public:
  explicit named_mutex(const std::string& name) : mutex_(name.c_str()) {}
  bool lock() override {
    check(mutex_.acquire(), "acquire");
    return false;
  }
  std::optional<bool> lock_for(std::chrono::milliseconds limit) override {
    ACE_Time_Value until = ACE_OS::gettimeofday();
    until += ACE_Time_Value(0, static_cast<suseconds_t>(limit.count() * 1000));
    if (mutex_.acquire(until) == 0) return false;
    if (ACE_OS::last_error() == ETIME) return std::nullopt;
    throw not_offered("timed lock");
  }
  void unlock() override { check(mutex_.release(), "release"); }

 private:
  ACE_Process_Mutex mutex_;
};

}  // namespace

std::unique_ptr<mutex> make_mutex(const std::string& name) {
  return std::make_unique<named_mutex>(name);
}
// Its pools are allocators in files that stay; there is no section to compare with.
std::unique_ptr<section> make_section(const std::string& /*name*/, std::size_t /*size*/) {
  throw not_offered("section");
}
// Its events between processes live in memory that the program must share by itself.
std::unique_ptr<event> make_event(const std::string& /*name*/) { throw not_offered("event"); }
std::string version() { return std::string("ACE ") + ACE_VERSION; }

}  // namespace peers
