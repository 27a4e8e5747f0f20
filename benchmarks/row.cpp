// SPDX-License-Identifier: MIT
#include "row.hpp"

#include "machine.hpp"

#include <algorithm>
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

void add(const char* name, const plan& how, const side& work) {
  auto* const added = benchmark::RegisterBenchmark(name, work);
  added->Iterations(how.iterations)->Unit(benchmark::kNanosecond);
  if (how.own_clock) {
    added->UseManualTime();
  } else {
    added->UseRealTime();
  }
}

}  // namespace

figures compare(const plan& how, effort work, const side& ours, const side& peer) {
  add("ours", how, ours);
  add("peer", how, peer);
  std::vector<double> all_ours, all_peers, ratios;
  const int rounds = work == effort::quick ? (how.rounds + 2) / 3 : how.rounds;
  for (int round = -1; round < rounds; ++round) {
    double our_time = 0, peer_time = 0;
    if (round % 2 == 0) {
      our_time = time_of("ours");
      peer_time = time_of("peer");
    } else {
      peer_time = time_of("peer");
      our_time = time_of("ours");
    }
    if (round < 0) continue;  // to warm up
    all_ours.push_back(our_time);
    all_peers.push_back(peer_time);
    ratios.push_back(our_time / peer_time);
  }
  benchmark::ClearRegisteredBenchmarks();
  return {quantile(std::move(all_ours), 0.5), quantile(std::move(all_peers), 0.5),
          quantile(std::move(ratios), 0.5)};
}

double quantile(std::vector<double> values, double part) {
  if (values.empty()) throw std::runtime_error("nothing was measured");
  const auto last = static_cast<double>(values.size() - 1);
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(part * last + 0.5);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

std::string unique_name(const std::string& what) {
  return "isthmus-bench-" + std::to_string(process_id()) + "-" + what;
}

}  // namespace bench
