// SPDX-License-Identifier: MIT
//
// Against Boost.Interprocess, which takes all pages of its memory when it is made, as isthmus does,
// from version 1.81 on.
#include <isthmus/mutex.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include "lock_unlock.hpp"
#include "worker.hpp"

#include <boost/interprocess/mapped_region.hpp>
#include <boost/interprocess/shared_memory_object.hpp>
#include <boost/interprocess/sync/named_mutex.hpp>
#include <boost/version.hpp>

#include <fmt/format.h>

#include <memory>

namespace bench {
namespace {

namespace bip = boost::interprocess;

constexpr std::size_t size = 65'536;

std::string boost_text() {
  return fmt::format("Boost {}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
}

/// Boost's names stay until somebody removes them.
template <class Object>
class removed_at_end {
 public:
  explicit removed_at_end(std::string name) : name_(std::move(name)) { Object::remove(c_str()); }
  ~removed_at_end() { Object::remove(c_str()); }
  removed_at_end(const removed_at_end&) = delete;
  removed_at_end& operator=(const removed_at_end&) = delete;
  [[nodiscard]] const char* c_str() const noexcept { return name_.c_str(); }

 private:
  std::string name_;
};

figures lock_and_unlock(effort work) {
  auto ours = isthmus::mutex::create({.name = unique_name("mutex")});
  const removed_at_end<bip::named_mutex> name(unique_name("boost-mutex"));
  bip::named_mutex peer(bip::create_only, name.c_str());
  return compare(pairs, work, lock_unlock(ours), lock_unlock(peer));
}

void touch_all_pages(void* memory) {
  constexpr std::size_t page = 4096;
  auto* const bytes = static_cast<volatile unsigned char*>(memory);
  for (std::size_t i = 0; i < size; i += page) bytes[i] = 1;
}

figures create(effort work) {
  const std::string our_name = unique_name("section");
  const removed_at_end<bip::shared_memory_object> name(unique_name("boost-section"));
  const side ours = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      const auto section = isthmus::section::create({.name = our_name, .size = size});
      const auto view = isthmus::view::map(section);
      touch_all_pages(view.data());
    }
  };
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      {
        bip::shared_memory_object memory(bip::create_only, name.c_str(), bip::read_write);
        memory.truncate(size);
        const bip::mapped_region region(memory, bip::read_write);
        touch_all_pages(region.get_address());
      }
      bip::shared_memory_object::remove(name.c_str());
    }
  };
  return compare({.iterations = 20, .rounds = 1200}, work, ours, peer);
}

figures open(effort work) {
  const std::string our_name = unique_name("section");
  // Another process has it; a further handle in the same one would be too easy.
  const worker holder([&] {
    return [section = std::make_shared<isthmus::section>(isthmus::section::create(
                {.name = our_name, .size = size}))](std::int64_t) { return answer{}; };
  });
  holder.ask(0);
  (void)holder.result();
  const removed_at_end<bip::shared_memory_object> name(unique_name("boost-section"));
  bip::shared_memory_object(bip::create_only, name.c_str(), bip::read_write).truncate(size);

  const side ours = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      const auto section = isthmus::section::open({.name = our_name});
      const auto view = isthmus::view::map(section);
      benchmark::DoNotOptimize(view.data());
    }
  };
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      bip::shared_memory_object memory(bip::open_only, name.c_str(), bip::read_write);
      const bip::mapped_region region(memory, bip::read_write);
      benchmark::DoNotOptimize(region.get_address());
    }
  };
  return compare({.iterations = 200, .rounds = 1200}, work, ours, peer);
}

}  // namespace

std::vector<row> boost_mutex_rows() {
  return {{"mutex lock+unlock / Boost", boost_text() + " named_mutex", 0.8, lock_and_unlock}};
}

std::vector<row> section_rows() {
  const std::string peer = boost_text() + " shared_memory_object";
  return {{"section 64 KiB, create+map+touch+close", peer, 1.1, create},
          {"section 64 KiB, open+map+close", peer, 1.5, open}};
}

std::string boost_note() { return boost_text(); }

}  // namespace bench
