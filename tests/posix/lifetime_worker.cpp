// SPDX-License-Identifier: MIT
#include "lifetime_worker.hpp"

#include "lifetime_object.hpp"
#include "seams.hpp"

#include <isthmus/error.hpp>
#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <system_error>

#include <sched.h>

namespace white {

namespace {

using isthmus::errc;

constexpr int mutex_name = name_count - 1;  // the others are sections

struct old_view {
  isthmus::const_view bytes;
  std::uint64_t mark;
};

ledger* the_book = nullptr;
int the_worker = 0;

/// Nobody may rely any more on what this process holds.
void kill_this_process(step where) {
  if (static_cast<int>(where) != hooks::chosen) return;
  the_book->doom[static_cast<std::size_t>(the_worker)] |= 1;
  ++the_book->self_kills;
  ::kill(getpid(), SIGKILL);
}

void dwell(step where) {
  if (where == step::open_lock_asked) ::usleep(300);
}

class stress_worker {
 public:
  stress_worker(ledger& book, const stress_plan& plan, int worker, std::uint64_t seed)
      : book_(book), plan_(plan), worker_(worker), random_(seed) {}

  int run() {
    the_book = &book_;
    the_worker = worker_;
    book_.ids[static_cast<std::size_t>(worker_)] = getpid();
    if (plan_.slow_openers) isthmus::seam::hook = dwell;
    while (!book_.stop) step_on(pick(name_count));
    for (int name = 0; name < name_count; ++name)
      if (holds(name)) close(name);
    return 0;
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  [[nodiscard]] std::string name_at(int name) const { return plan_.stem + std::to_string(name); }
  object& at(int name) { return objects_[static_cast<std::size_t>(name)]; }
  bool holds(int name) { return at(name).index() != 0; }
  void fault(const char* what, int name, std::string_view detail = {}) {
    book_.violation(what, worker_, name, detail);
  }

  void step_on(int name) {
    if (plan_.kills_itself && pick(60) == 0) {
      hooks::chosen = pick(static_cast<int>(step::folder_emptied) + 1);
      isthmus::seam::hook = kill_this_process;
    }
    if (!holds(name)) {
      come(name);
    } else if (pick(4) == 0) {
      come_again(name);
    } else {
      close(name);
    }
    if (plan_.kills_itself) isthmus::seam::hook = nullptr;
    while (!old_.empty() && pick(8) == 0) look_back();
  }

  void come(int name) {
    const int how = pick(4);
    bool created = false;
    std::error_code ec;
    const observation seen(book_, worker_, name);
    book_.say(worker_, name, claim::working);
    object found = attempt(name_at(name), name == mutex_name, how, created, ec);
    const std::uint64_t id = ec ? 0 : inode_of(found);
    outcome what = created ? outcome::created : outcome::opened;
    if (ec == errc::already_exists) {
      what = outcome::exists;
    } else if (ec == errc::not_found) {
      what = outcome::absent;
    } else if (ec == errc::busy) {
      what = outcome::busy;
    } else if (ec) {
      fault("an unexpected error", name, ec.message());
    }
    judge(book_, seen, worker_, name, how == 0 || how == 2, how != 0, what, id);
    if (!ec && found.index() == 1) check_content(std::get<1>(found), name, created, id);
    at(name) = std::move(found);
    book_.say(worker_, name, ec ? claim::none : claim::holding, id);
  }

  /// What this process holds, it finds.
  void come_again(int name) {
    bool created = false;
    std::error_code ec;
    const object found = attempt(name_at(name), name == mutex_name, 1 + pick(3), created, ec);
    if (ec == errc::busy) return;
    if (ec || created || inode_of(found) != inode_of(at(name)))
      fault("a name that this process holds is not found", name, ec.message());
  }

  void close(int name) {
    if (at(name).index() == 1 && old_.size() < 4 && pick(3) == 0) {
      auto bytes = isthmus::const_view::map(std::get<1>(at(name)));
      const auto words = bytes.span<std::uint64_t>(0, bytes.size() / 8);
      const std::uint64_t mark = inode_of(at(name));
      if (std::all_of(words.begin(), words.end(), [&](auto word) { return word == mark; }))
        old_.push_back({std::move(bytes), mark});
    }
    book_.say(worker_, name, claim::working);
    at(name) = std::monostate();
    book_.say(worker_, name, claim::none);
    ++book_.operations;
  }

  /// A new section is zeroed; whoever makes one marks it everywhere.
  void check_content(const isthmus::section& of, int name, bool created, std::uint64_t mark) {
    if (!created) {
      const auto seen = isthmus::const_view::map(of);
      for (const std::uint64_t& word : seen.span<std::uint64_t>(0, seen.size() / 8)) {
        const std::uint64_t value = static_cast<const volatile std::uint64_t&>(word);
        if (value != 0 && value != mark) return fault("another object's bytes", name);
      }
      return;
    }
    const auto own = isthmus::view::map(of);
    for (std::uint64_t& word : own.span<std::uint64_t>(0, own.size() / 8)) {
      if (word != 0) return fault("a new section that is not zeroed", name);
      static_cast<volatile std::uint64_t&>(word) = mark;
    }
  }

  /// A view keeps its bytes when its section and the name have gone.
  void look_back() {
    const auto& view = old_.front();
    const auto words = view.bytes.span<std::uint64_t>(0, view.bytes.size() / 8);
    if (std::any_of(words.begin(), words.end(), [&](auto word) { return word != view.mark; }))
      fault("an old view has other bytes", -1);
    old_.pop_front();
  }

  ledger& book_;
  const stress_plan& plan_;
  int worker_;
  std::mt19937_64 random_;
  std::array<object, name_count> objects_;
  std::deque<old_view> old_;
};

}  // namespace

int run_worker(ledger& book, const stress_plan& plan, int worker, std::uint64_t seed) {
  return stress_worker(book, plan, worker, seed).run();
}

}  // namespace white
