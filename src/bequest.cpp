// SPDX-License-Identifier: MIT
#include "bequest.hpp"

#include "inherited.hpp"
#include "native.hpp"
#include "will.hpp"

#include <isthmus/view.hpp>

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>

namespace isthmus::detail {
namespace {

/// Which start of a process this is: what is left of an older one cannot be taken for it.
struct start_mark {
  std::uint64_t when;
  std::uint64_t number;
};

start_mark next_mark() noexcept {
  static std::atomic<std::uint64_t> starts = 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count()), ++starts};
}

section make_will(const start_mark& mark, std::string_view text, failure& why) {
  std::error_code ec;
  auto will = section::create({.size = sizeof(will_header) + text.size()}, ec);
  const auto memory = ec ? view() : view::map(will, {}, ec);
  if (ec) {
    why.code = ec;
    return {};
  }
  will_header header{will_magic, mark.when, mark.number, text.size(), 0, 0};
  std::memcpy(memory.data(), &header, sizeof header);
  std::memcpy(memory.data() + sizeof header, text.data(), text.size());
  return will;
}

}  // namespace

/// Writes the numbers of the carriers and the description, and keeps the carriers.
bool bequest::add(parcel& what, std::string_view description, std::string& line, failure& why) {
  std::string numbers;
  std::uint64_t count = 0;
  for (carrier& one : what.carriers) {
    if (!one) break;
    if (!make_ready(one, why)) return false;
    numbers += fmt::format(" {:x}", number_of(one.get()));
    ++count;
    handles_.push_back(one.get());
    carriers_.push_back(std::move(one));
  }
  line += fmt::format("{:x}{} {}", count, numbers, description);
  return true;
}

bool bequest::pack_entry(const inherit_entry& entry, std::string& line, failure& why) {
  parcel what;
  if (entry.object) return pack(*entry.object, what, why) && add(what, describe(what), line, why);
  if (entry.end == nullptr) {
    what.carriers[0] = copy_inherited(entry.native);
    if (what.carriers[0])
      return add(what, describe(native_mark, identity_of(entry.native)), line, why);
    why.set(errc::invalid_argument, "this is not an open native handle");
    return false;
  }
  const channel_state* const state = native_access::state(*entry.end);
  if (state == nullptr) {
    why.set(errc::invalid_argument, "the channel is empty (moved from or closed)");
    return false;
  }
  end_identity identity{};
  what.carriers[0] = pack_end(*state, identity, why);
  ends_.push_back(state);
  return !why && add(what, describe(end_mark, identity), line, why);
}

bool bequest::pack_all(std::span<const inherit_entry> entries, failure& why) {
  if (entries.empty()) return true;
  std::string text;
  for (const inherit_entry& entry : entries) {
    text += letters_of(entry.key) + ' ';
    if (!pack_entry(entry, text, why)) {
      why.detail = fmt::format("\"{}\", to be inherited: {}", entry.key,
                               why.detail.empty() ? why.code.message() : why.detail);
      return false;
    }
    text += '\n';
  }
  const start_mark mark = next_mark();
  will_ = make_will(mark, text, why);
  parcel what;
  if (why || !pack(will_, what, why)) return false;
  hint_ = fmt::format("{:x} {:x} ", mark.when, mark.number);
  return add(what, describe(what), hint_, why);
}

bool bequest::has_been_left_to(const dispatcher& heir, failure& why) const {
  for (const channel_state* const end : ends_)
    if (!why) channel_was_inherited(*end, dispatcher_handle(heir), why);
  return !why;
}

}  // namespace isthmus::detail
