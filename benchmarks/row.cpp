// SPDX-License-Identifier: MIT
#include "row.hpp"

#include "machine.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

/// Takes the time of the one run, and prints nothing.
class stopwatch : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& /*context*/) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) nanoseconds_ = run.GetAdjustedRealTime();
  }
  [[nodiscard]] double nanoseconds() const noexcept { return nanoseconds_; }

 private:
  double nanoseconds_ = 0;
};

double time_of(const char* name) {
  stopwatch watch;
  benchmark::RunSpecifiedBenchmarks(&watch, name);
  if (watch.nanoseconds() <= 0) throw std::runtime_error("a measure took no time at all");
  return watch.nanoseconds();
}

/// What is compared now.
const side* our_side = nullptr;
const side* peer_side = nullptr;
void run_ours(benchmark::State& state) { (*our_side)(state); }
void run_peer(benchmark::State& state) { (*peer_side)(state); }

auto* const ours_timed = benchmark::RegisterBenchmark("ours", run_ours) -> UseRealTime();
auto* const peer_timed = benchmark::RegisterBenchmark("peer", run_peer) -> UseRealTime();
auto* const ours_by_own_clock =
    benchmark::RegisterBenchmark("our_clock", run_ours) -> UseManualTime();
auto* const peer_by_own_clock =
    benchmark::RegisterBenchmark("peer_clock", run_peer) -> UseManualTime();

}  // namespace

figures compare(const plan& how, effort work, const side& ours, const side& peer) {
  our_side = &ours;
  peer_side = &peer;
  (how.own_clock ? ours_by_own_clock : ours_timed)->Iterations(how.iterations);
  (how.own_clock ? peer_by_own_clock : peer_timed)->Iterations(how.iterations);
  const char* const our_name = how.own_clock ? "^our_clock/" : "^ours/";
  const char* const peer_name = how.own_clock ? "^peer_clock/" : "^peer/";
  std::vector<double> all_ours, all_peers, ratios;
  const int rounds = work == effort::quick ? (how.rounds + 2) / 3 : how.rounds;
  for (int round = -1; round < rounds; ++round) {
    double our_time = 0, peer_time = 0;
    if (round % 2 == 0) {
      our_time = time_of(our_name);
      peer_time = time_of(peer_name);
    } else {
      peer_time = time_of(peer_name);
      our_time = time_of(our_name);
    }
    if (round < 0) continue;  // to warm up
    all_ours.push_back(our_time);
    all_peers.push_back(peer_time);
    ratios.push_back(our_time / peer_time);
  }
  return {quantile(std::move(all_ours), 0.5), quantile(std::move(all_peers), 0.5),
          quantile(std::move(ratios), 0.5)};
}

double quantile(std::vector<double> values, double part) {
  if (values.empty()) throw std::runtime_error("nothing was measured");
  const auto last = static_cast<double>(values.size() - 1);
  const auto place = values.begin() + std::lround(part * last);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

std::string unique_name(const std::string& what) {
  return "isthmus-bench-" + std::to_string(process_id()) + "-" + what;
}

}  // namespace bench
