// SPDX-License-Identifier: MIT
#include "inherited.hpp"

#include "native.hpp"

#include <isthmus/view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

namespace isthmus::detail {
namespace {

constexpr std::array<char, 8> will_magic{'i', 's', 't', 'h', 'w', 'i', 'l', '1'};

/// The beginning of a will; the text, a line for each object, is behind it. The same for 32- and
/// 64-bit programs.
struct will_header {
  std::array<char, 8> magic;
  std::uint64_t when;    ///< the start that it was made for; the hint has the same
  std::uint64_t number;  ///< which of its process's starts
  std::uint64_t length;  ///< of the text
  std::uint32_t heir;    ///< the process that has taken it; 0: none yet
  std::uint32_t reserved;
};
static_assert(sizeof(will_header) == 40);

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

/// Takes a number off the front of a text, and what comes behind it up to a space.
std::optional<std::uint64_t> number_from(std::string_view& text) noexcept {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (problem != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.empty() || text.front() != ' ') return std::nullopt;
  text.remove_prefix(1);
  return value;
}

/// A key as letters, so that any key makes a line.
std::string letters_of(std::string_view key) {
  std::string text;
  for (const char c : key) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
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

/// An object, or the end of a channel, that this process has inherited.
struct heirloom {
  std::string key;  // in letters
  any_object object;
  bool is_end = false;
  mutable channel end = {};    // there is one of it, so it is taken,
  mutable bool taken = false;  // by whoever sets this
  failure problem = {};        // why there is nothing
};

/// What the description of an end of a channel begins with; an object's has no space in it.
constexpr std::string_view end_mark = "channel ";

std::string describe_end(const end_identity& identity) {
  return fmt::format("{}{:x} {:x} ", end_mark, identity[0], identity[1]);
}

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

/// The same for an end of a channel.
channel take_end(std::string_view text, failure& why) {
  parcel what;
  std::vector<native_handle_type> originals;
  if (read_carriers(text, what, originals) && text.starts_with(end_mark)) {
    text.remove_prefix(end_mark.size());
    const auto first = number_from(text);
    const auto second = first ? number_from(text) : std::nullopt;
    if (second) {
      auto end = native_access::wrap<channel>(
          unpack_end(std::move(what.carriers[0]), {*first, *second}, why));
      if (end)
        for (const native_handle_type one : originals) close_carrier(one);
      return end;
    }
  }
  why.set(errc::damaged, "the channel that was inherited is not there any more");
  return {};
}

/// All that this process has inherited. Found out once, as early as can be: from then on none of it
/// crosses into children.
class estate {
 public:
  static const estate& own() {
    static const estate instance;
    return instance;
  }

  [[nodiscard]] const heirloom* find(std::string_view key) const {
    const std::string wanted = letters_of(key);
    const auto found = std::find_if(heirlooms_.begin(), heirlooms_.end(),
                                    [&](const heirloom& one) { return one.key == wanted; });
    return found != heirlooms_.end() ? &*found : nullptr;
  }

 private:
  estate() noexcept {
    try {
      read(own_hint());
    } catch (const std::exception&) {
      heirlooms_.clear();  // no memory at the start of a program
    }
  }

  void read(std::string_view hint) {
    const auto when = number_from(hint);
    const auto number = when ? number_from(hint) : std::nullopt;
    failure why;
    any_object found = number ? take_object(hint, why) : any_object();
    if (found.kind() != object_kind::section) return;
    std::error_code ec;
    const auto memory = view::map(*found.get<section>(), {}, ec);
    if (ec || memory.size() < sizeof(will_header)) return;
    auto& header = *static_cast<will_header*>(static_cast<void*>(memory.data()));
    if (header.magic != will_magic || header.when != *when || header.number != *number ||
        header.length > memory.size() - sizeof header)
      return;
    // Whoever comes first has it: what the hint has reached otherwise is not meant.
    std::uint32_t nobody = 0;
    if (!std::atomic_ref(header.heir).compare_exchange_strong(nobody, this_process_id())) return;
    const std::string text(
        static_cast<const char*>(static_cast<const void*>(memory.data())) + sizeof header,
        static_cast<std::size_t>(header.length));
    for (std::string_view rest = text; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const auto space = line.find(' ');
      if (space == line.npos) return;
      heirloom one;
      one.key = line.substr(0, space);
      const auto told = line.substr(space + 1);
      one.is_end = told.find(end_mark) != told.npos;
      if (one.is_end)
        one.end = take_end(told, one.problem);
      else
        one.object = take_object(told, one.problem);
      heirlooms_.push_back(std::move(one));
    }
  }

  std::vector<heirloom> heirlooms_;
};

// Before main, and before threads that start programs otherwise than through the library.
[[maybe_unused]] const estate& early = estate::own();

template <class T>
any_object another(const any_object& from, failure& why) {
  const auto* const state = native_access::state(*from.get<T>());
  if constexpr (std::is_same_v<T, section>)
    return any_object(native_access::wrap<T>(duplicate_section(*state, state->info.access, why)));
  else
    return any_object(
        native_access::wrap<T>(duplicate_dispatcher(*state, state->info.access, why)));
}

std::string_view kind_of(const heirloom& what) noexcept {
  return what.is_end ? "channel" : to_string(what.object.kind());
}

/// What has this key, if it is of the kind that is wanted.
const heirloom* find_heirloom(std::string_view key, std::string_view wanted, failure& why) {
  const heirloom* const found = estate::own().find(key);
  if (found == nullptr) {
    why.set(errc::not_found, "nothing was passed to this process under this key");
  } else if (found->problem) {
    why = found->problem;
  } else if (kind_of(*found) != wanted) {
    why.set(errc::wrong_kind, fmt::format("what was passed under this key is a {}, not a {}",
                                          kind_of(*found), wanted));
  }
  return why ? nullptr : found;
}

channel take_inherited_end(std::string_view key, failure& why) {
  const heirloom* const found = find_heirloom(key, "channel", why);
  if (found == nullptr) return {};
  if (!std::atomic_ref(found->taken).exchange(true)) return std::move(found->end);
  why.set(errc::not_found, "this end of a channel has been taken already; there is only one of it");
  return {};
}

any_object find_inherited(std::string_view key, object_kind wanted, failure& why) {
  const heirloom* const found = find_heirloom(key, to_string(wanted), why);
  if (found == nullptr) return {};
  switch (wanted) {
    case object_kind::section:
      return another<section>(found->object, why);
    case object_kind::mutex:
      return another<mutex>(found->object, why);
    case object_kind::semaphore:
      return another<semaphore>(found->object, why);
    case object_kind::event:
      return another<event>(found->object, why);
    case object_kind::timer:
      return another<timer>(found->object, why);
    case object_kind::none:
      break;
  }
  return {};
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
  if (entry.end == nullptr)
    return pack(*entry.object, what, why) && add(what, describe(what), line, why);
  const channel_state* const state = native_access::state(*entry.end);
  if (state == nullptr) {
    why.set(errc::invalid_argument, "the channel is empty (moved from or closed)");
    return false;
  }
  end_identity identity{};
  what.carriers[0] = pack_end(*state, identity, why);
  ends_.push_back(state);
  return !why && add(what, describe_end(identity), line, why);
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

any_object inherited_object(std::string_view key, object_kind wanted) {
  return throwing("inherited", key, [&](failure& why) { return find_inherited(key, wanted, why); });
}

any_object inherited_object(std::string_view key, object_kind wanted,
                            std::error_code& ec) noexcept {
  return reporting(ec, [&](failure& why) { return find_inherited(key, wanted, why); });
}

channel inherited_channel(std::string_view key) {
  return throwing("inherited", key, [&](failure& why) { return take_inherited_end(key, why); });
}

channel inherited_channel(std::string_view key, std::error_code& ec) noexcept {
  return reporting(ec, [&](failure& why) { return take_inherited_end(key, why); });
}

}  // namespace isthmus::detail
