// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <boost/interprocess/sync/named_mutex.hpp>
#include <boost/version.hpp>

namespace peers {
namespace {

namespace bip = boost::interprocess;

class named_mutex : public mutex {
 public:
  explicit named_mutex(const std::string& name) : mutex_(bip::open_or_create, name.c_str()) {}
  bool lock() override {
    mutex_.lock();
    return false;
  }
  std::optional<bool> lock_for(std::chrono::milliseconds limit) override {
    const auto until = boost::posix_time::microsec_clock::universal_time() +
                       boost::posix_time::milliseconds(limit.count());
    if (!mutex_.timed_lock(until)) return std::nullopt;
    return false;
  }
  void unlock() override { mutex_.unlock(); }

 private:
  bip::named_mutex mutex_;
};

class named_section : public section {
 public:
  named_section(const std::string& name, std::size_t size)
      : object_(bip::create_only, name.c_str(), bip::read_write) {
    object_.truncate(static_cast<bip::offset_t>(size));
    region_ = bip::mapped_region(object_, bip::read_write);
  }
  unsigned char* data() override { return static_cast<unsigned char*>(region_.get_address()); }

 private:
  bip::shared_memory_object object_;
  bip::mapped_region region_;
};

}  // namespace

std::unique_ptr<mutex> make_mutex(const std::string& name) {
  return std::make_unique<named_mutex>(name);
}
std::unique_ptr<section> make_section(const std::string& name, std::size_t size) {
  return std::make_unique<named_section>(name, size);
}
std::unique_ptr<event> make_event(const std::string& /*name*/) { throw not_offered("event"); }
std::string version() {
  return "Boost.Interprocess " + std::to_string(BOOST_VERSION / 100000) + "." +
         std::to_string(BOOST_VERSION / 100 % 1000);
}

}  // namespace peers
