// SPDX-License-Identifier: MIT
#include "win32/meeting.hpp"

#include "win32/object.hpp"
#include "win32/security.hpp"
#include "win32/text.hpp"

#include <atomic>
#include <string>

namespace isthmus::detail {
namespace {

/// What the section has.
struct notice {
  std::atomic<std::uint32_t> state;  // 0 while the rest is being written
  std::uint32_t process;
  pipe_number number;
};
constexpr std::uint32_t written = 0x6C737431;  // "1tsl"

std::wstring name_of(const parsed_name& name, failure& why) {
  std::wstring text = name.where == scope::global ? LR"(Global\)" : LR"(Local\)";
  text += L'\xD800';
  text += L"listener:";
  return text + widen(name.text, why);
}

/// A view of the notice.
class notice_view {
 public:
  notice_view(HANDLE section, DWORD rights, failure& why)
      : at_(::MapViewOfFile(section, rights, 0, 0, sizeof(notice))) {
    if (at_ == nullptr) why.set_native(last_error());
  }
  notice_view(const notice_view&) = delete;
  notice_view& operator=(const notice_view&) = delete;
  ~notice_view() {
    if (at_ != nullptr) ::UnmapViewOfFile(at_);
  }
  [[nodiscard]] notice& get() const noexcept { return *static_cast<notice*>(at_); }

 private:
  void* at_;
};

void nobody(failure& why) {
  why.set_native(ERROR_FILE_NOT_FOUND, "there is no listener of this name");
}

}  // namespace

unique_handle found_meeting(const parsed_name& name, const permissions& wanted, failure& why) {
  const std::wstring text = name_of(name, why);
  if (why) return {};
  security descriptor(wanted, {SECTION_ALL_ACCESS, READ_CONTROL | SECTION_MAP_READ, 0}, why);
  if (why) return {};
  unique_handle made(::CreateFileMappingW(INVALID_HANDLE_VALUE, descriptor.attributes(),
                                          PAGE_READWRITE, 0, sizeof(notice), text.c_str()));
  const int error = last_error();
  if (made && error != ERROR_ALREADY_EXISTS) return made;
  report(error, why);
  if (error == ERROR_ALREADY_EXISTS) why.detail = "there is a listener of this name already";
  return {};
}

void announce(HANDLE meeting, const pipe_number& number, failure& why) {
  const notice_view view(meeting, FILE_MAP_WRITE, why);
  if (why) return;
  view.get().process = ::GetCurrentProcessId();
  view.get().number = number;
  view.get().state.store(written, std::memory_order_release);
}

place find_meeting(const parsed_name& name, failure& why) {
  const std::wstring text = name_of(name, why);
  if (why) return {};
  const unique_handle found(::OpenFileMappingW(FILE_MAP_READ, FALSE, text.c_str()));
  if (!found) {
    const int error = last_error();
    report(error, why);
    if (error == ERROR_FILE_NOT_FOUND) nobody(why);
    return {};
  }
  const notice_view view(found.get(), FILE_MAP_READ, why);
  if (why) return {};
  const std::uint32_t state = view.get().state.load(std::memory_order_acquire);
  if (state == 0) nobody(why);
  if (state != 0 && state != written)
    why.set(errc::incompatible_version,
            "another version of isthmus listens there; use the same on both sides");
  return {view.get().number, view.get().process};
}

}  // namespace isthmus::detail
