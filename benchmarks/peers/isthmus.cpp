// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "peer.hpp"

namespace peers {
namespace {

class named_mutex : public mutex {
 public:
  explicit named_mutex(const std::string& name)
      : mutex_(isthmus::mutex::open_or_create({.name = name})) {}
  bool lock() override { return mutex_.lock() == isthmus::wait_status::abandoned; }
  std::optional<bool> lock_for(std::chrono::milliseconds limit) override {
    if (!mutex_.try_lock_for(limit)) return std::nullopt;
    return mutex_.abandoned();
  }
  void unlock() override { mutex_.unlock(); }

 private:
  isthmus::mutex mutex_;
};

class named_section : public section {
 public:
  named_section(const std::string& name, std::size_t size)
      : section_(isthmus::section::create({.name = name, .size = size})),
        view_(isthmus::view::map(section_)) {}
  unsigned char* data() override { return &view_.as<unsigned char>(); }

 private:
  isthmus::section section_;
  isthmus::view view_;
};

class named_event : public event {
 public:
  explicit named_event(const std::string& name)
      : event_(isthmus::event::open_or_create({.name = name})) {}
  void set() override { event_.set(); }
  void wait() override { event_.wait(); }

 private:
  isthmus::event event_;
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
std::string version() { return "isthmus " + std::string(isthmus::version()); }

}  // namespace peers
