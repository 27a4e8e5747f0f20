// SPDX-License-Identifier: MIT
//
// A storm of deaths: workers wait for permits, mutexes and events, alone, for any and for all, and
// are killed at random moments and at steps of the library, and replaced. Every now and then they
// pause, and the books are settled: no permit may be there twice, none be missing but those of the
// dead, and whoever waits is served in time.
//
//     kill_storm [seconds]        one line of figures; 0: all is well
#include "books.hpp"

#include "posix/runtime.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <vector>

#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace storm;
using std::chrono::steady_clock;
using white::forked;

class parent {
 public:
  parent() : pool_page_(shared_.pool), baton_page_(shared_.baton) {
    for (int worker = 0; worker < workers; ++worker) all_.push_back(start(worker));
  }

  void run(std::chrono::duration<double> time) {
    const auto end = steady_clock::now() + time;
    auto next = steady_clock::now() + 300ms;
    shared_.tick.arm(1ms, 5ms);
    while (steady_clock::now() < end && books_->faults == 0) {
      ::usleep(static_cast<useconds_t>(500 + random_() % 4000));
      all_[random_() % workers].signal(SIGKILL);
      bury();
      if (steady_clock::now() < next) continue;
      settle();
      next = steady_clock::now() + 300ms;
    }
    settle();
    books_->stop = true;
  }

  /// Prints the figures; the exit code.
  int report() {
    for (auto& worker : all_) {
      const auto code = worker.ended();
      if (!code || (*code != 0 && *code != 128 + SIGKILL)) books_->fault("a worker did not end", 0, 0);
    }
    std::printf(
        "waits %llu, timed out %llu, deaths %d, abandoned %llu, "
        "permits in doubt %d, settled %d times, longest wait %.1f ms, faults %llu %s\n",
        static_cast<unsigned long long>(books_->waits),
        static_cast<unsigned long long>(books_->timeouts), deaths_,
        static_cast<unsigned long long>(books_->abandoned), doubts_, settled_,
        static_cast<double>(books_->longest) / 1000,
        static_cast<unsigned long long>(books_->faults), books_->first_fault.data());
    return books_->faults == 0 ? 0 : 1;
  }

 private:
  forked start(int worker) {
    return forked(
        [this, worker, seed = random_()] { return storm::run(*books_, shared_, worker, seed); });
  }

  /// The dead are replaced. What they certainly held is given back at once.
  void bury() {
    for (int worker = 0; worker < workers; ++worker) {
      const auto place = static_cast<std::size_t>(worker);
      const auto code = all_[place].ended(0ms);
      if (!code) continue;
      ++deaths_;
      if (*code != 128 + SIGKILL) books_->fault("a worker ended by itself", worker, *code);
      const std::uint32_t state = books_->state[place].exchange(0);
      const std::uint32_t doubtful = (state >> taking_at | state >> giving_at) & 3;
      if ((doubtful & pool) != 0) ++pool_doubts_;
      if ((doubtful & baton) != 0) ++baton_doubts_;
      if ((state >> holding_at & pool) != 0) shared_.pool.release();
      if ((state >> holding_at & baton) != 0) shared_.baton.set();
      std::destroy_at(&all_[place]);
      std::construct_at(&all_[place], start(worker));
    }
  }

  [[nodiscard]] std::uint64_t steps() const {
    std::uint64_t sum = 0;
    for (const auto& one : books_->steps) sum += one;
    return sum;
  }
  [[nodiscard]] bool nobody(unsigned what) const {
    return std::ranges::all_of(books_->state,
                               [&](const auto& one) { return (one >> what & 3) == 0; });
  }

  /// Nobody holds or gives anything, and nobody is about to take what is there: what there is,
  /// including what the dead have been promised, must be what there was, less what is in doubt.
  /// Then that is made up for.
  void count() {
    const std::uint32_t here = pool_page_.count() + pool_page_.granted();
    const bool set = (baton_page_.count() & 1) + baton_page_.granted() != 0;
    if (here > permits) books_->fault("more permits than there were", -1, here);
    if (permits - here > pool_doubts_) books_->fault("permits have been lost", -1, here);
    if (!set && baton_doubts_ == 0) books_->fault("the baton has been lost", -1, 0);
    doubts_ += static_cast<int>(pool_doubts_ + baton_doubts_);
    pool_doubts_ = baton_doubts_ = 0;
    if (here < permits) shared_.pool.release(static_cast<std::int32_t>(permits - here));
    if (!set) shared_.baton.set();
  }

  /// All workers come to rest.
  void settle() {
    ++settled_;
    books_->pause = true;
    std::uint64_t last = steps();
    auto moved = steady_clock::now();
    bool counted = false;
    while (books_->faults == 0) {
      ::usleep(500);
      bury();  // somebody may die at a step
      const auto now = steady_clock::now();
      if (const std::uint64_t at = steps(); at != last) {
        last = at;
        moved = now;
        counted = false;
      }
      const bool at_rest = nobody(holding_at) && nobody(giving_at);
      if (!at_rest || now - moved < 20ms) continue;
      if (nobody(taking_at)) break;
      if (!counted && now - moved > 400ms) {  // they wait for what has been lost
        count();
        counted = true;
      }
      if (now - moved > 400ms + 1500ms * support::slow_factor())
        books_->fault("somebody waits for what is there", -1, pool_page_.count());
    }
    if (books_->faults == 0) count();
    books_->pause = false;
  }

  white::shared<books> books_;
  objects shared_;
  white::page_of pool_page_;
  white::page_of baton_page_;
  std::mt19937_64 random_{std::random_device()()};
  std::vector<forked> all_;
  std::uint32_t pool_doubts_ = 0, baton_doubts_ = 0;
  int deaths_ = 0, doubts_ = 0, settled_ = 0;
};

}  // namespace

int main(int count, char** values) {
  (void)white::runtime();
  const double seconds = count > 1 ? std::atof(values[1]) : 5;
  parent storm;
  storm.run(std::chrono::duration<double>(seconds));
  return storm.report();
}
