// SPDX-License-Identifier: MIT
//
// A process that opens objects and does with them what it is told, one order after the other:
//
//     actor other({"e:" + name, "m:" + name + "m"});   // e, m, s, t: the kind
//     other.begin("any 0 1");                          // objects by their place in the list
//     CHECK(other.blocks());
//     CHECK(other.end() == "signaled 1");
//
// Orders: wait I, try I, for I MS; any I…, all I…, tryall I…; set I, reset I, pulse I, release I N,
// unlock I, arm I MS PERIOD, cancel I; late I MS: wait I, after it has computed for so long. Each
// is answered by its result, or by the error's text.
#pragma once

#include "support/child.hpp"

#include <string>
#include <utility>
#include <vector>

namespace support {

class actor {
 public:
  explicit actor(std::vector<std::string> objects) : process_("acts", objects) {
    process_.expect("ready");
  }

  /// Does it, and tells the result.
  std::string ask(const std::string& order) {
    begin(order);
    return end();
  }
  /// Begins it. It has not done anything yet when this returns, but it is about to.
  void begin(const std::string& order) {
    process_.send(order);
    process_.expect("begun");
  }
  /// Whether what was begun certainly blocks: the process sleeps in its wait.
  [[nodiscard]] bool blocks() { return process_.blocks(); }
  /// Whether it comes to an end within the limit.
  [[nodiscard]] bool ends(time_limit limit = patience()) { return process_.speaks(limit); }
  /// How it ended.
  std::string end() { return process_.receive(); }

  void kill() { process_.kill(); }
  void stop() { process_.stop(); }
  void resume() { process_.resume(); }

 private:
  child process_;
};

}  // namespace support
