// SPDX-License-Identifier: MIT
//
// A wait for any of 64 events of which the last one is set, and setting that again. Nothing that
// looks at 64 objects can do with less than a load of each one's cache line and one
// compare-and-swap.
#include <isthmus/event.hpp>
#include <isthmus/wait.hpp>

#include "row.hpp"
#include "shared.hpp"

#include <array>
#include <atomic>
#include <stdexcept>

namespace bench {
namespace {

constexpr std::size_t events = isthmus::max_wait_objects;

struct alignas(64) line {
  std::atomic<std::uint64_t> word = 0;
};
using lines = std::array<line, events>;

/// Looks at one after the other, and takes the first that is set: the last one.
bool take_first(lines& all) {
  for (line& one : all) {
    std::uint64_t seen = one.word.load(std::memory_order_acquire);
    if (seen != 0 && one.word.compare_exchange_strong(seen, seen - 1)) return true;
  }
  return false;
}

figures last_of_many(effort work) {
  std::vector<isthmus::event> all;
  std::vector<isthmus::wait_ref> list;
  for (std::size_t i = 0; i < events; ++i) all.push_back(isthmus::event::create());
  list.reserve(all.size());
  for (auto& one : all) list.emplace_back(one);
  const side ours = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      all.back().set();
      benchmark::DoNotOptimize(isthmus::wait_any(list));
    }
  };
  shared<lines> memory;
  const side peer = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto _ : state) {
      memory.get().back().word.store(1, std::memory_order_release);
      if (!take_first(memory.get())) throw std::logic_error("nothing was set");
    }
  };
  return compare({.iterations = 2000, .rounds = 600}, work, ours, peer);
}

}  // namespace

std::vector<row> wait_any_rows() {
  return {{"wait_any, last of 64 events, with set", "64 loads, one compare-and-swap", 2.5,
           last_of_many}};
}

}  // namespace bench
