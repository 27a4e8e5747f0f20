// SPDX-License-Identifier: MIT
//
// The semaphore and the automatic event when nobody waits, against Boost.Interprocess's semaphore,
// which cannot be told how many permits there are, nor be waited for together with anything else.
#include <isthmus/event.hpp>
#include <isthmus/semaphore.hpp>

#include "lock_unlock.hpp"
#include "shared.hpp"

#include <boost/interprocess/sync/interprocess_semaphore.hpp>

namespace bench {
namespace {

class boost_semaphore {
 public:
  void lock() { semaphore_.wait(); }
  void unlock() { semaphore_.post(); }

 private:
  boost::interprocess::interprocess_semaphore semaphore_{1};
};

figures acquire_and_release(effort work) {
  auto ours = isthmus::semaphore::create({.name = unique_name("semaphore"), .initial = 1});
  shared<boost_semaphore> peer;
  const side release_acquire = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      ours.acquire();
      ours.release();
    }
  };
  return compare(pairs, work, release_acquire, lock_unlock(peer.get()));
}

figures wait_and_set(effort work) {
  auto ours = isthmus::event::create({.name = unique_name("event"), .initially_set = true});
  shared<boost_semaphore> peer;
  const side set_wait = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      ours.wait();
      ours.set();
    }
  };
  return compare(pairs, work, set_wait, lock_unlock(peer.get()));
}

}  // namespace

std::vector<row> boost_semaphore_rows() {
  const std::string peer = boost_note() + " interprocess_semaphore";
  return {{"semaphore release+acquire / Boost", peer, 1, acquire_and_release},
          {"event set+wait / Boost", peer, 1, wait_and_set}};
}

}  // namespace bench
