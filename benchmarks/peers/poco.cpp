// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <Poco/Environment.h>
#include <Poco/NamedEvent.h>
#include <Poco/NamedMutex.h>
#include <Poco/SharedMemory.h>

namespace peers {
namespace {

class named_mutex : public mutex {
 public:
  explicit named_mutex(const std::string& name) : mutex_(name) {}
  bool lock() override {
    mutex_.lock();
    return false;
  }
  std::optional<bool> lock_for(std::chrono::milliseconds /*limit*/) override {
    throw not_offered("timed lock");
  }
  void unlock() override { mutex_.unlock(); }

 private:
  Poco::NamedMutex mutex_;
};

class named_section : public section {
 public:
  // It makes or opens; there is no way to ask for a new one.
  named_section(const std::string& name, std::size_t size)
      : memory_(name, size, Poco::SharedMemory::AM_WRITE) {}
  unsigned char* data() override {
    return static_cast<unsigned char*>(static_cast<void*>(memory_.begin()));
  }

 private:
  Poco::SharedMemory memory_;
};

class named_event : public event {
 public:
  explicit named_event(const std::string& name) : event_(name) {}
  void set() override { event_.set(); }
  void wait() override { event_.wait(); }

 private:
  Poco::NamedEvent event_;
};

}  // namespace

std::unique_ptr<mutex> make_mutex(const std::string& name) {
  return std::make_unique<named_mutex>(name);
}
std::unique_ptr<section> make_section(const std::string& name, std::size_t size) {
  return std::make_unique<named_section>(name, size);
}
std::unique_ptr<event> make_event(const std::string& name) {
  return std::make_unique<named_event>(name);
}
std::string version() {
  const auto number = Poco::Environment::libraryVersion();
  return "Poco " + std::to_string(number >> 24) + "." + std::to_string(number >> 16 & 255) + "." +
         std::to_string(number >> 8 & 255);
}

}  // namespace peers
