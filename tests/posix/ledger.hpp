// SPDX-License-Identifier: MIT
//
// Who holds what, as the processes of a stress test say themselves, in memory of their own; and the
// two oracles that follow from it:
//
//     held     a third process provably held the name throughout an operation, and was not about to
//              be killed: then a create must fail, and an open must find that very object
//     nobody   no other process provably held the name or worked on it: then an open must fail, and
//              a create must succeed
//
// A process says "working" before it begins an operation on a name, and what came of it afterwards.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

namespace white {

inline constexpr int most_workers = 8;
inline constexpr int name_count = 4;

enum class claim : std::uint64_t { none, working, holding };

struct ledger {  // in shared memory, which begins zeroed
  struct cell {
    std::atomic<std::uint64_t> state;  ///< a counter, and in the lowest two bits the claim
    std::atomic<std::uint64_t> object;
  };

  std::array<std::array<cell, name_count>, most_workers> cells;
  std::array<std::atomic<int>, most_workers> ids;             ///< the workers' process ids
  std::array<std::atomic<std::uint32_t>, most_workers> doom;  ///< odd: may be killed at any moment
  std::atomic<bool> stop;
  std::atomic<std::uint64_t> operations, held_checks, nobody_checks, busy, kills, self_kills;
  std::atomic<std::uint64_t> violations;
  std::array<char, 240> first_violation{};

  /// Whether enough of everything has been looked at for the absence of violations to mean much.
  [[nodiscard]] bool has_seen_enough(bool with_kills) const {
    return held_checks > 100 && nobody_checks > 100 && (!with_kills || self_kills > 10);
  }
  void say(int worker, int name, claim what, std::uint64_t object = 0);
  /// The worker has ended: it holds nothing, and another may take its place.
  void bury(int worker);
  void violation(std::string_view what, int worker, int name, std::string_view detail);
};

/// What one process knows of the others while it works on a name.
class observation {
 public:
  observation(const ledger& from, int worker, int name);

  /// Once the operation is over: the object that somebody held throughout.
  struct holding {
    std::size_t worker;
    std::uint64_t object;
  };
  /// What another worker held throughout, as far as it could say.
  [[nodiscard]] std::optional<holding> held() const;
  /// Whether provably nobody held it or worked on it.
  [[nodiscard]] bool nobody() const;

 private:
  struct sight {
    std::uint64_t state;
    std::uint64_t object;
    std::uint32_t doom;
  };
  [[nodiscard]] sight look(int worker) const;
  [[nodiscard]] bool unchanged(int worker) const;

  const ledger& from_;
  int worker_;
  int name_;
  std::array<sight, most_workers> before_;
};

/// What an operation on a name that the caller did not hold came to.
enum class outcome { created, opened, exists, absent, busy };

/// Applies the oracles to it.
void judge(ledger& book, const observation& seen, int worker, int name, bool may_create,
           bool may_open, outcome what, std::uint64_t object);

}  // namespace white
