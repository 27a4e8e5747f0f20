// SPDX-License-Identifier: MIT
//
// How long it takes from the death of an owner until a waiter has the mutex and knows why. One
// process owns eight mutexes and is killed; for each of them four other processes are blocked.
#include <isthmus/mutex.hpp>

#include "machine.hpp"
#include "row.hpp"
#include "worker.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mutexes = 8;
constexpr std::size_t waiters_of_each = 4;
constexpr double limit = 1e6;  // nanoseconds

using names = std::vector<std::string>;

worker owner_of(const names& all) {
  return worker([&all] {
    std::vector<isthmus::mutex> mine;
    mine.reserve(all.size());
    for (const auto& name : all) mine.push_back(isthmus::mutex::open({.name = name}));
    return [mine = std::make_shared<std::vector<isthmus::mutex>>(std::move(mine))](std::int64_t) {
      for (auto& mutex : *mine) mutex.lock();
      return answer{};
    };
  });
}

/// Answers with when it had the mutex, and 1 if it was told of the death.
worker waiter_for(const std::string& name) {
  return worker([&name] {
    return [mine = std::make_shared<isthmus::mutex>(isthmus::mutex::open({.name = name}))](
               std::int64_t) {
      if (!mine->try_lock_for(20s)) throw std::runtime_error("the mutex did not come free");
      const std::int64_t time = now();
      const bool told = mine->abandoned();
      mine->unlock();
      return answer{told ? 1 : 0, time};
    };
  });
}

figures deaths(effort work) {
  use_all_cpus();
  names all;
  std::vector<isthmus::mutex> kept;
  std::vector<worker> waiters;
  for (std::size_t i = 0; i < mutexes; ++i) {
    all.push_back(unique_name("death-" + std::to_string(i)));
    kept.push_back(isthmus::mutex::create({.name = all.back()}));
    for (std::size_t k = 0; k < waiters_of_each; ++k) waiters.push_back(waiter_for(all.back()));
  }
  std::vector<double> times;
  for (int round = work == effort::quick ? 60 : 250; round > 0; --round) {
    const worker owner = owner_of(all);
    owner.ask(0);
    (void)owner.result();
    for (const worker& one : waiters) one.ask(0);
    std::this_thread::sleep_for(10ms);  // until all of them are blocked
    const std::int64_t killed = now();
    owner.kill();
    for (const worker& one : waiters) {
      const answer done = one.result();
      if (done.count != 0) times.push_back(static_cast<double>(done.time - killed));
    }
    if (times.size() % mutexes != 0) throw std::runtime_error("a death was not told once");
  }
  keep_to_cpu(measuring_cpu);
  const double late = quantile(std::move(times), 0.99);
  return {late, limit, late / limit};
}

}  // namespace

std::vector<row> death_rows() {
  return {{"mutex, owner's death to abandoned, p99", "the limit", 1, deaths}};
}

}  // namespace bench
