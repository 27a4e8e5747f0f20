// SPDX-License-Identifier: MIT
//
// An application that runs once for each user: notes FILE...
//
// The first one stays. Every later one hands its files over to it, and ends. The word "quit"
// instead of files ends the first one.
#include <isthmus/isthmus.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace {

using namespace std::chrono_literals;

void open(const std::string& files) {
  fmt::print("opened {}\n", files);
  std::fflush(stdout);
}

// The first one's work: its own files, and those that the others send.
void run(isthmus::listener door, const std::string& files) {
  open(files);
  for (;;) {
    auto other = door.accept();
    std::error_code ec;
    const auto request = other.receive(2s, ec);
    if (!request) continue;  // it stays silent, has gone, or sent nonsense
    const bool last = request.message == "quit";
    if (!last) open(request.message);
    other.send(last ? "good bye" : "opened " + request.message, ec);  // if it still wants to know
    if (last) return;
  }
}

}  // namespace

int main(int count, char** arguments) try {
  std::string files;
  for (int i = 1; i < count; ++i) files += (i > 1 ? " " : "") + std::string(arguments[i]);

  for (;;) {
    // Of those who start at once exactly one gets the name, and keeps it as long as it lives.
    std::error_code ec;
    auto door = isthmus::listener::create({.name = "notes.instance"}, ec);
    if (door) {
      if (files != "quit") run(std::move(door), files);
      return 0;
    }
    if (ec != isthmus::errc::already_exists) throw std::system_error(ec, "notes.instance");

    auto first = isthmus::channel::connect({.name = "notes.instance"}, 100ms, ec);
    if (!ec) first.send(files, ec);
    const auto answer = ec ? isthmus::received() : first.receive(5s, ec);
    if (answer) {
      fmt::print("the first one says: {}\n", answer.message);
      return 0;
    }
    const bool ended = answer.status == isthmus::channel_status::closed ||
                       ec == isthmus::errc::not_found || ec == isthmus::errc::closed;
    if (!ended) throw std::runtime_error("the first one does not answer; end it, then try again");
    // This one may be the first now.
  }
} catch (const std::exception& problem) {
  fmt::print(stderr, "notes: {}\n", problem.what());
  return 1;
}
