// SPDX-License-Identifier: MIT
#include "crew.hpp"

#include <isthmus/inherited.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace wordcount {

using namespace std::chrono_literals;

turn::turn(isthmus::mutex& guard, table& shared, member_number member) : guard_(guard) {
  if (guard.lock() == isthmus::wait_status::abandoned) shared.repair(member);
}

turn::~turn() {
  std::error_code ignored;
  guard_.unlock(ignored);
}

std::string_view member::all_text() const {
  const auto bytes = text_view.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool member::count_a_chunk(const std::function<void()>& halfway) {
  std::optional<std::uint32_t> chunk;
  {
    const turn mine(guard, shared, number);
    chunk = shared.take_chunk(number);
  }
  if (!chunk) return false;
  found.count(all_text(), shared.chunk_begin(*chunk), shared.chunk_begin(*chunk + 1));
  const turn mine(guard, shared, number);
  shared.merge(found, *chunk, number, halfway);
  return true;
}

int work(member_number number, bool victim) {
  auto chief = isthmus::inherited<isthmus::mutex>(keys::chief);
  auto text = isthmus::inherited<isthmus::section>(keys::text);
  auto text_view = isthmus::const_view::map(text);
  member me{std::move(text), std::move(text_view),
            table(isthmus::inherited<isthmus::section>(keys::table)),
            isthmus::inherited<isthmus::mutex>(keys::guard), number};

  const auto halfway = [&] {
    if (!victim) return;
    me.shared.set_halfway();
    std::this_thread::sleep_for(10s);  // here it is killed
  };
  for (;;) {
    while (me.count_a_chunk(halfway)) continue;
    {
      const turn mine(me.guard, me.shared, number);
      if (me.shared.complete()) return 0;
    }
    // The rest is in others' hands. Should one of them die, his chunk comes back; should the chief
    // die, nobody needs the result.
    if (chief.try_lock_for(10ms)) return 1;
  }
}

}  // namespace wordcount
