// SPDX-License-Identifier: MIT
#include "estate.hpp"

#include "atomically.hpp"
#include "channel.hpp"
#include "inherited.hpp"
#include "native.hpp"
#include "shared_copy.hpp"
#include "will.hpp"

#include <isthmus/view.hpp>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

namespace isthmus::detail {
namespace {

/// The carriers that a line, or the hint, tells of by their numbers. They are copies, so that
/// nothing is closed that turns out to be somebody else's. Leaves what they are in the text.
bool read_carriers(std::string_view& text, parcel& what,
                   std::vector<native_handle_type>& originals) {
  const auto count = number_from(text);
  if (!count || *count == 0 || *count > what.carriers.size()) return false;
  for (std::size_t i = 0; i < *count; ++i) {
    const auto number = number_from(text);
    if (!number) return false;
    const native_handle_type original = handle_of(*number);
    what.carriers[i] = copy_inherited(original);
    if (!what.carriers[i]) return false;
    originals.push_back(original);
  }
  return true;
}

/// The object of such a text. What it was made of is closed if it is what it was said to be.
any_object take_object(std::string_view text, failure& why) {
  parcel what;
  std::vector<native_handle_type> originals;
  if (!read_carriers(text, what, originals) || !parse(text, what, why)) {
    if (!why) why.set(errc::damaged, "what was inherited is not there any more");
    return {};
  }
  any_object object = unpack(std::move(what), why);
  if (object)
    for (const native_handle_type one : originals) close_carrier(one);
  return object;
}

/// What is carried by one handle, of which two numbers say which one it is. `make` makes it of the
/// carrier and these, or nothing.
template <class Make>
auto take_one(std::string_view text, std::string_view mark, failure& why, Make make)
    -> decltype(make(carrier(), two_numbers())) {
  parcel what;
  std::vector<native_handle_type> originals;
  if (read_carriers(text, what, originals) && text.starts_with(mark)) {
    text.remove_prefix(mark.size());
    const auto first = number_from(text);
    const auto second = first ? number_from(text) : std::nullopt;
    if (second) {
      auto made = make(std::move(what.carriers[0]), two_numbers{*first, *second});
      if (made)
        for (const native_handle_type one : originals) close_carrier(one);
      return made;
    }
  }
  why.set(errc::damaged, "what was inherited is not there any more");
  return {};
}

channel take_end(std::string_view text, failure& why) {
  return take_one(text, end_mark, why, [&](carrier one, const two_numbers& identity) {
    return native_access::wrap<channel>(unpack_end(std::move(one), identity, why));
  });
}

carrier take_native(std::string_view text, failure& why) {
  return take_one(text, native_mark, why, [&](carrier one, const two_numbers& identity) {
    if (identity_of(one.get()) == identity) return one;
    why.set(errc::damaged, "the native handle that was inherited is not there any more");
    return carrier();
  });
}

}  // namespace

std::optional<std::string> take_will(std::span<std::byte> memory, std::uint64_t when,
                                     std::uint64_t number, std::uint32_t heir) {
  if (memory.size() < sizeof(will_header)) return std::nullopt;
  const auto header = shared_copy<will_header>(memory.data());
  if (header.magic != will_magic || header.when != when || header.number != number ||
      header.length > memory.size() - sizeof header)
    return std::nullopt;
  // Whoever comes first has it: what the hint has reached otherwise is not meant.
  auto& place = static_cast<will_header*>(static_cast<void*>(memory.data()))->heir;
  std::uint32_t nobody = 0;
  if (!atomically(place).compare_exchange_strong(nobody, heir)) return std::nullopt;
  std::string text(static_cast<std::size_t>(header.length), '\0');
  copy_shared(text.data(), memory.data() + sizeof header, text.size());
  return text;
}

estate& estate::own() {
  static estate instance;
  return instance;
}

const heirloom* estate::find(std::string_view key) const {
  const std::string wanted = letters_of(key);
  const auto found = std::find_if(heirlooms_.begin(), heirlooms_.end(),
                                  [&](const heirloom& one) { return one.key == wanted; });
  return found != heirlooms_.end() ? &*found : nullptr;
}

void estate::forget(std::string_view key) {
  const std::string wanted = letters_of(key);
  for (heirloom& one : heirlooms_) {
    if (one.key != wanted) continue;
    one.object = any_object();
    one.end = channel();
    one.native = carrier();
    one.problem.set(errc::not_found, "what was passed under this key has been given up");
  }
}

estate::estate() noexcept {
  try {
    read(own_hint());
  } catch (const std::exception&) {
    heirlooms_.clear();  // no memory at the start of a program
  }
}

void estate::read(std::string_view hint) {
  const auto when = number_from(hint);
  const auto number = when ? number_from(hint) : std::nullopt;
  failure why;
  any_object found = number ? take_object(hint, why) : any_object();
  if (found.kind() != object_kind::section) return;
  std::error_code ec;
  const auto memory = view::map(*found.get<section>(), {}, ec);
  if (ec) return;
  const auto text = take_will({memory.data(), memory.size()}, *when, *number, this_process_id());
  if (!text) return;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto space = line.find(' ');
    if (space == line.npos) return;
    heirloom one;
    one.key = line.substr(0, space);
    const auto told = line.substr(space + 1);
    if (told.find(end_mark) != told.npos) {
      one.kind = heirloom_kind::end;
      one.end = take_end(told, one.problem);
    } else if (told.find(native_mark) != told.npos) {
      one.kind = heirloom_kind::native;
      one.native = take_native(told, one.problem);
    } else {
      one.object = take_object(told, one.problem);
    }
    heirlooms_.push_back(std::move(one));
  }
}

namespace {

// Before main, and before threads that start programs otherwise than through the library.
[[maybe_unused]] const estate& early = estate::own();

}  // namespace

}  // namespace isthmus::detail
