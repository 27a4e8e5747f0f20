// SPDX-License-Identifier: MIT
//
// One part of a crash test: PROGRAM ACTION NAME. It says "ready" where the test goes on meanwhile,
// and in the end what happened.
#include "peer.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;

void say(const std::string& what) {
  std::puts(what.c_str());
  std::fflush(stdout);
}
void wait_for_line() {
  for (int c = 0; c != '\n' && c != EOF;) c = std::getchar();
}
void until_killed() { std::this_thread::sleep_for(60s); }

void hold_mutex(const std::string& name) {
  const auto mutex = peers::make_mutex(name);
  mutex->lock();
  say("ready");
  until_killed();
}

void take_mutex(const std::string& name) {
  const auto mutex = peers::make_mutex(name);
  say("ready");  // it has the object when the owner is killed; else that would be gone, and a new
                 // one
  wait_for_line();
  std::optional<bool> died;
  try {
    died = mutex->lock_for(2s);
  } catch (const peers::not_offered&) {
    died = mutex->lock();  // whoever started us loses patience
  }
  if (!died) return say("waits for ever");
  say(*died ? "gets it, and is told" : "gets it, and is not told");
  mutex->unlock();
}

void timed_lock(const std::string& name) {
  const auto mutex = peers::make_mutex(name);
  const auto got = mutex->lock_for(100ms);
  say(got ? "yes" : "timed out on a free mutex");
  if (got) mutex->unlock();
}

void create_mutex(const std::string& name) {
  const auto mutex = peers::make_mutex(name);
  say("ready");
  wait_for_line();
}

void open_mutex(const std::string& name) {
  const auto mutex = peers::make_mutex(name);
  say("ready");
  wait_for_line();
  mutex->lock();
  mutex->unlock();
  say("goes on");
}

void hold_section(const std::string& name) {
  const auto section = peers::make_section(name, peers::section_size);
  std::fill_n(section->data(), peers::section_size, static_cast<unsigned char>(42));
  say("ready");
  until_killed();
}

void new_section(const std::string& name) {
  const auto section = peers::make_section(name, peers::section_size);
  const auto* begin = section->data();
  const bool zeroed =
      std::all_of(begin, begin + peers::section_size, [](auto b) { return b == 0; });
  say(zeroed ? "a new one, zeroed" : "the dead one's bytes");
}

void big_section(const std::string& name) {
  constexpr std::size_t size = 8 << 20;
  const auto section = peers::make_section(name, size);
  std::fill_n(section->data(), size, static_cast<unsigned char>(1));
  say("fits");
}

void event_twice(const std::string& name) {
  const auto event = peers::make_event(name);
  event->set();
  event->set();
  event->wait();
  say("one passes");
  event->wait();
  say("both pass");
}

const std::map<std::string, void (*)(const std::string&)> actions{
    {"hold-mutex", hold_mutex},     {"take-mutex", take_mutex},   {"timed-lock", timed_lock},
    {"create-mutex", create_mutex}, {"open-mutex", open_mutex},   {"hold-section", hold_section},
    {"new-section", new_section},   {"big-section", big_section}, {"event-twice", event_twice},
};

}  // namespace

int main(int count, char** arguments) try {
  if (count == 2 && std::string(arguments[1]) == "version") {
    say(peers::version());
    return 0;
  }
  const auto found = count == 3 ? actions.find(arguments[1]) : actions.end();
  if (found == actions.end()) {
    std::fputs("usage: PROGRAM ACTION NAME\n", stderr);
    return 2;
  }
  found->second(arguments[2]);
  return 0;
} catch (const peers::not_offered&) {
  say("no such thing");
} catch (const std::exception& problem) {
  say(std::string("error: ") + problem.what());
} catch (...) {
  say("error: of a type of its own");
}
