// SPDX-License-Identifier: MIT
//
// The main function of every test program: a child where it is asked for, otherwise Catch2.
#include "support/child.hpp"
#include "support/system.hpp"
#include "support/watchdog.hpp"

#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

namespace {

class name_keeper : public Catch::EventListenerBase {
 public:
  using EventListenerBase::EventListenerBase;
  void testCaseStarting(const Catch::TestCaseInfo& test) override {
    support::watchdog::says(test.name);
  }
};

}  // namespace

CATCH_REGISTER_LISTENER(name_keeper)

int main(int count, char** values) {
  support::prepare_program(values[0]);
  auto arguments = support::command_line(count, values);
  if (support::is_child(arguments)) return support::run_child(std::move(arguments));
  const support::watchdog guard("start");
  return Catch::Session().run(count, values);
}
