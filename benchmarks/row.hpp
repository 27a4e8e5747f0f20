// SPDX-License-Identifier: MIT
//
// A row of the table: one thing that isthmus does, beside what a peer needs for the same.
//
// Machines are noisy, and other programs run on them. So the two sides take turns, in many short
// rounds of one run; what is told of each side is the median of its rounds, and the ratio is the
// median of the rounds' ratios.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bench {

/// Nanoseconds for one operation.
struct figures {
  double ours = 0;
  double peer = 0;
  double ratio = 0;
};

/// Of a row that is there to be looked at.
inline constexpr double no_target = 0;

/// How much time to spend.
enum class effort { quick, full };

struct row {
  std::string name;
  std::string peer;
  double target = no_target;  ///< the ratio, at most
  std::function<figures(effort)> measure;
};

/// A side of a comparison, as google-benchmark runs it.
using side = std::function<void(benchmark::State&)>;

/// How compare() goes about it.
struct plan {
  std::int64_t iterations = 1;  ///< of a side in one round
  int rounds = 1;               ///< of the full effort; the quick one does a third
  bool own_clock = false;       ///< the sides tell their time by State::SetIterationTime
};

/// Runs the two in turns.
figures compare(const plan& how, effort work, const side& ours, const side& peer);

/// The value below which `part` of all are: 0.5 is the median.
double quantile(std::vector<double> values, double part);

/// A name that no other run uses.
std::string unique_name(const std::string& what);

/// The rows, by what they are about. Those against Boost are none without it,
/// those of the Win32 functions none where they are not built.
std::vector<row> mutex_rows();
std::vector<row> boost_mutex_rows();
std::vector<row> contended_rows();
std::vector<row> boost_semaphore_rows();
std::vector<row> ping_pong_rows();
std::vector<row> wait_any_rows();
std::vector<row> blocked_rows();
std::vector<row> section_rows();
std::vector<row> death_rows();
std::vector<row> veneer_rows();

/// "Boost 1.81", or what is missing without it.
std::string boost_note();

}  // namespace bench
