// SPDX-License-Identifier: MIT
#include "inherit.hpp"

#include "error.hpp"
#include "file.hpp"
#include "object.hpp"

#include <isthmus/inherited.hpp>
#include <isthmus/native.hpp>
#include <isthmus/view.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace isthmus::veneer {
namespace {

constexpr std::array<char, 8> list_magic{'i', 's', 't', 'h', 'w', 'i', 'n', '1'};
constexpr const char* list_key = "win32";

/// The list: its beginning, then a line for each handle. The same for 32- and 64-bit programs.
struct list_header {
  std::array<char, 8> magic;
  std::uint64_t count;
};
struct list_line {
  std::uint32_t handle;
  std::uint32_t kind;
  std::uint32_t granted;
  std::uint32_t flags;
};
static_assert(sizeof(list_header) == 16 && sizeof(list_line) == 16);

std::uint32_t number_of_handle(HANDLE handle) noexcept {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(handle));
}

std::string key_of(std::uint32_t handle) { return "win32." + std::to_string(handle); }

/// Calls `use(T*)` for the library's class of this kind; false for what has none.
template <class Use>
bool with_class_of(entry_kind kind, Use use) {
  switch (kind) {
    case entry_kind::section:
      return use(static_cast<section*>(nullptr));
    case entry_kind::mutex:
      return use(static_cast<mutex*>(nullptr));
    case entry_kind::semaphore:
      return use(static_cast<semaphore*>(nullptr));
    case entry_kind::event:
      return use(static_cast<event*>(nullptr));
    case entry_kind::timer:
      return use(static_cast<timer*>(nullptr));
    case entry_kind::process:
    case entry_kind::thread:
    case entry_kind::file:
      break;
  }
  return false;
}

/// Without the two bits that do not count (LIFE-10).
std::uint32_t plain_number(HANDLE handle) noexcept { return number_of_handle(handle) & ~3u; }

class packer {
 public:
  explicit packer(passed_handles& into) noexcept : into_(into) {}

  /// Nothing happens to what does not cross.
  void add(HANDLE handle, pin found) {
    const std::uint32_t number = plain_number(handle);
    entry& what = *found;
    if (what.kind == entry_kind::file) {
      into_.entries.push_back(inherit_native(key_of(number), native_of(what)));
    } else if (!with_class_of(what.kind, [&]<class T>(T*) {
                 into_.entries.emplace_back(key_of(number), static_cast<object<T>&>(what).held);
                 return true;
               })) {
      return;
    }
    lines_.push_back(
        {number, static_cast<std::uint32_t>(what.kind), what.granted, what.flags.load()});
    into_.pins.push_back(std::move(found));
  }

  void finish() {
    if (lines_.empty()) return;
    const list_header header{list_magic, lines_.size()};
    const std::size_t bytes = lines_.size() * sizeof(list_line);
    into_.list = section::create({.size = sizeof header + bytes});
    const auto memory = view::map(into_.list);
    std::memcpy(memory.data(), &header, sizeof header);
    std::memcpy(memory.data() + sizeof header, lines_.data(), bytes);
    into_.entries.emplace_back(list_key, into_.list);
  }

 private:
  passed_handles& into_;
  std::vector<list_line> lines_;
};

/// The parent may still write there: each byte is read once, and then only the copy is used.
void copy_once(void* into, const volatile std::byte* from, std::size_t size) noexcept {
  auto* const target = static_cast<std::byte*>(into);
  for (std::size_t i = 0; i < size; ++i) target[i] = from[i];
}

std::vector<list_line> read_list() {
  std::error_code ec;
  const auto list = inherited<section>(list_key, ec);
  if (ec) return {};
  const auto memory = const_view::map(list);
  list_header header{};
  if (memory.size() < sizeof header) return {};
  copy_once(&header, memory.data(), sizeof header);
  if (header.magic != list_magic ||
      header.count > (memory.size() - sizeof header) / sizeof(list_line))
    return {};
  std::vector<list_line> lines(static_cast<std::size_t>(header.count));
  copy_once(lines.data(), memory.data() + sizeof header, lines.size() * sizeof(list_line));
  return lines;
}

/// What does not come across is not there: to use its value is ERROR_INVALID_HANDLE.
std::unique_ptr<entry> arrived(const list_line& line) {
  std::unique_ptr<entry> made;
  if (static_cast<entry_kind>(line.kind) == entry_kind::file) {
    std::error_code ec;
    auto what = kept_descriptor::own(inherited_native(key_of(line.handle), ec));
    return ec ? nullptr : std::make_unique<file>(std::move(what), line.granted);
  }
  with_class_of(static_cast<entry_kind>(line.kind), [&]<class T>(T*) {
    std::error_code ec;
    auto what = inherited<T>(key_of(line.handle), ec);
    if (!ec) made = std::make_unique<object<T>>(std::move(what), line.granted);
    return true;
  });
  return made;
}

bool adopt() noexcept {
  try {
    for (const list_line& line : read_list()) {
      auto what = arrived(line);
      // NOLINTNEXTLINE(performance-no-int-to-ptr): handles are numbers that look like pointers
      auto* const handle = reinterpret_cast<HANDLE>(std::uintptr_t{line.handle});
      if (what != nullptr) insert_at(handle, std::move(what), line.flags);
      forget_inherited(key_of(line.handle));  // from here on it is the handles that count
    }
    forget_inherited(list_key);
  } catch (const std::exception&) {
    // no memory at the start of a program
  }
  return true;
}

}  // namespace

native_handle_type native_of(const entry& what) noexcept {
  return what.kind == entry_kind::file ? static_cast<const file&>(what).fd.get() : no_native_handle;
}

void pass_all(passed_handles& made) {
  packer all(made);
  for (std::size_t i = 0; i < places(); ++i) {
    pin found(handle_at(i));
    if (found && (found->flags.load() & HANDLE_FLAG_INHERIT) != 0)
      all.add(handle_at(i), std::move(found));
  }
  all.finish();
}

DWORD pass_listed(std::span<const HANDLE> handles, passed_handles& made) {
  packer some(made);
  for (auto one = handles.begin(); one != handles.end(); ++one) {
    const auto same = [&](HANDLE other) { return plain_number(other) == plain_number(*one); };
    if (std::any_of(handles.begin(), one, same)) continue;
    pin found(*one);
    if (!found || (found->flags.load() & HANDLE_FLAG_INHERIT) == 0) return ERROR_INVALID_PARAMETER;
    some.add(*one, std::move(found));
  }
  some.finish();
  return ERROR_SUCCESS;
}

void adopt_inherited() noexcept { [[maybe_unused]] static const bool done = adopt(); }

}  // namespace isthmus::veneer
