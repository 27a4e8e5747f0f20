// SPDX-License-Identifier: MIT
#include "peer.hpp"

#include <QSharedMemory>
#include <QString>
#include <QSystemSemaphore>

namespace peers {
namespace {

// A semaphore with one permit is what there is.
class named_mutex : public mutex {
 public:
  explicit named_mutex(const std::string& name) : semaphore_(QString::fromStdString(name), 1) {}
  bool lock() override {
    if (!semaphore_.acquire()) throw std::runtime_error(semaphore_.errorString().toStdString());
    return false;
  }
  std::optional<bool> lock_for(std::chrono::milliseconds /*limit*/) override {
    throw not_offered("timed lock");
  }
  void unlock() override {
    if (!semaphore_.release()) throw std::runtime_error(semaphore_.errorString().toStdString());
  }

 private:
  QSystemSemaphore semaphore_;
};

class named_section : public section {
 public:
  named_section(const std::string& name, std::size_t size) : memory_(QString::fromStdString(name)) {
    if (!memory_.create(static_cast<qsizetype>(size)))
      throw std::runtime_error(memory_.errorString().toStdString());
  }
  unsigned char* data() override { return static_cast<unsigned char*>(memory_.data()); }

 private:
  QSharedMemory memory_;
};

}  // namespace

std::unique_ptr<mutex> make_mutex(const std::string& name) {
  return std::make_unique<named_mutex>(name);
}
std::unique_ptr<section> make_section(const std::string& name, std::size_t size) {
  return std::make_unique<named_section>(name, size);
}
std::unique_ptr<event> make_event(const std::string& /*name*/) { throw not_offered("event"); }
std::string version() { return std::string("Qt ") + qVersion(); }

}  // namespace peers
