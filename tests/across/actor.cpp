// SPDX-License-Identifier: MIT
#include "across/actor.hpp"

#include "support/threads.hpp"

#include <isthmus/isthmus.hpp>

#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

using namespace support;

namespace {

/// A wait that missed something outlasts the patience of the test, which takes any end for a good
/// one.
const auto too_long = 2 * patience();

std::unique_ptr<isthmus::waitable, void (*)(isthmus::waitable*)> none() {
  return {nullptr, [](isthmus::waitable*) {}};
}

using any_object = decltype(none());

template <class T>
any_object opened(const std::string& name) {
  return {new T(T::open({.name = name}, patience())),
          [](isthmus::waitable* object) { delete static_cast<T*>(object); }};
}

any_object open_object(const std::string& what) {
  const auto name = what.substr(2);
  switch (what.at(0)) {
    case 'e':
      return opened<isthmus::event>(name);
    case 'm':
      return opened<isthmus::mutex>(name);
    case 's':
      return opened<isthmus::semaphore>(name);
    case 't':
      return opened<isthmus::timer>(name);
    default:
      return none();
  }
}

std::string text_of(isthmus::wait_result result) {
  return std::string(to_string(result.status)) + ' ' + std::to_string(result.index);
}

class orders {
 public:
  explicit orders(const std::vector<std::string>& names) {
    objects_.reserve(names.size());
    for (const auto& name : names) objects_.push_back(open_object(name));
  }

  std::string obey(const std::string& order) {
    std::istringstream words(order);
    std::string verb;
    words >> verb;
    std::vector<int> numbers;
    for (int number = 0; words >> number;) numbers.push_back(number);
    const auto several = [&] {
      std::vector<isthmus::wait_ref> list;
      list.reserve(numbers.size());
      for (const int i : numbers) list.emplace_back(*objects_.at(static_cast<std::size_t>(i)));
      return list;
    };
    if (verb == "any") return text_of(isthmus::wait_any_for(several(), too_long));
    if (verb == "all") return text_of(isthmus::wait_all_for(several(), too_long));
    if (verb == "tryall") return text_of(isthmus::wait_all_for(several(), 0s));

    auto& object = *objects_.at(static_cast<std::size_t>(numbers.at(0)));
    if (verb == "wait") return std::string(to_string(object.wait_for(too_long)));
    if (verb == "try") return std::string(to_string(object.wait_for(0s)));
    if (verb == "for")
      return std::string(to_string(object.wait_for(std::chrono::milliseconds(numbers.at(1)))));
    if (verb == "release")
      return std::to_string(static_cast<isthmus::semaphore&>(object).release(numbers.at(1)));
    if (verb == "set") static_cast<isthmus::event&>(object).set();
    if (verb == "reset") static_cast<isthmus::event&>(object).reset();
    if (verb == "pulse") static_cast<isthmus::event&>(object).pulse();
    if (verb == "unlock") static_cast<isthmus::mutex&>(object).unlock();
    if (verb == "cancel") static_cast<isthmus::timer&>(object).cancel();
    if (verb == "arm")
      static_cast<isthmus::timer&>(object).arm(std::chrono::milliseconds(numbers.at(1)),
                                               std::chrono::milliseconds(numbers.at(2)));
    return "done";
  }

 private:
  std::vector<any_object> objects_;
};

}  // namespace

CHILD(acts) {
  orders mine(io.arguments());
  io.send("ready");
  for (;;) {
    const auto order = io.receive();
    io.send("begun");
    try {
      io.send(mine.obey(order));
    } catch (const std::system_error& problem) {
      io.send(problem.code().message());
    }
  }
}
