// SPDX-License-Identifier: MIT
#include "file.hpp"

#include <isthmus/native.hpp>

#include "object.hpp"
#include "text.hpp"
#include "view_table.hpp"

#include <algorithm>
#include <atomic>

namespace isthmus::veneer {
namespace {

/// The file behind a handle, for one call; or nothing, and the last error.
class held_file {
 public:
  held_file(HANDLE handle, DWORD rights) noexcept : pin_(handle) {
    if (!pin_ || pin_->kind != entry_kind::file)
      SetLastError(ERROR_INVALID_HANDLE);
    else if (rights != 0 && (pin_->granted & rights) == 0)
      SetLastError(ERROR_ACCESS_DENIED);
    else
      file_ = static_cast<const file*>(&*pin_);
  }
  explicit operator bool() const noexcept { return file_ != nullptr; }
  [[nodiscard]] native_handle_type fd() const noexcept { return file_->fd.get(); }

 private:
  pin pin_;
  const file* file_ = nullptr;
};

constexpr DWORD writing = FILE_WRITE_DATA | FILE_APPEND_DATA;

constexpr std::string_view nul = "NUL";

std::string system_path(std::string path) {
  std::replace(path.begin(), path.end(), '\\', '/');
  std::string_view device = path;
  if (device.starts_with("//./")) device.remove_prefix(4);
  const auto same = [](char a, char b) { return (a & ~0x20) == b; };
  const bool is_nul = std::equal(device.begin(), device.end(), nul.begin(), nul.end(), same);
  return is_nul ? "/dev/null" : path;
}

HANDLE no_file(DWORD number) noexcept {
  SetLastError(number);
  return INVALID_HANDLE_VALUE;
}

/// What the arguments themselves rule out.
DWORD check(const opening& how, DWORD share) noexcept {
  constexpr DWORD all_shares = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  if (how.disposition < CREATE_NEW || how.disposition > TRUNCATE_EXISTING ||
      (share & ~all_shares) != 0)
    return ERROR_INVALID_PARAMETER;
  if (how.disposition == TRUNCATE_EXISTING && (how.rights & FILE_WRITE_DATA) == 0)
    return ERROR_INVALID_PARAMETER;
  if ((how.flags & FILE_FLAG_OVERLAPPED) != 0) return ERROR_NOT_SUPPORTED;
  return ERROR_SUCCESS;
}

HANDLE create_file(std::optional<std::string> path, DWORD rights, DWORD share,
                   const SECURITY_ATTRIBUTES* attributes, DWORD disposition, DWORD flags) {
  if (!path) return INVALID_HANDLE_VALUE;
  opening how = {std::move(*path), 0, disposition, flags};
  // These two go with every handle, and so none may be asked for.
  if (const DWORD error = resolve_rights(rights | SYNCHRONIZE | FILE_READ_ATTRIBUTES,
                                         rights_of(entry_kind::file), how.rights))
    return no_file(error);
  if (const DWORD error = check(how, share)) return no_file(error);
  kept_descriptor opened;
  bool was_there = false;
  DWORD error = open_file(how, opened, was_there);
  if (error == ERROR_ACCESS_DENIED && (rights & MAXIMUM_ALLOWED) != 0) {  // so it is less than all
    how.rights = FILE_GENERIC_READ | FILE_GENERIC_EXECUTE;
    error = open_file(how, opened, was_there);
  }
  if (error != ERROR_SUCCESS) return no_file(error);
  std::shared_ptr<const parting> last;
  if ((flags & FILE_FLAG_DELETE_ON_CLOSE) != 0)
    last = std::make_shared<const parting>(how.path, id_of(opened.get()));
  const HANDLE result =
      insert(std::make_unique<file>(std::move(opened), how.rights, std::move(last)),
             veneer::flags_of(attributes));
  if (result == nullptr) return INVALID_HANDLE_VALUE;
  const bool told = disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS;
  SetLastError(was_there && told ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
  return result;
}

constexpr ULONG_PTR status_failed = 0xC0000001;  // what an OVERLAPPED shows, as NT has it
constexpr ULONG_PTR status_end_of_file = 0xC0000011;

/// The end of ReadFile and WriteFile: what was done, in all the places that are told.
BOOL transferred(DWORD error, std::size_t bytes, LPDWORD done, LPOVERLAPPED place) noexcept {
  if (done != nullptr) *done = static_cast<DWORD>(bytes);
  if (place != nullptr) {
    const bool at_end = error == ERROR_HANDLE_EOF;
    place->Internal = error == ERROR_SUCCESS ? 0 : at_end ? status_end_of_file : status_failed;
    place->InternalHigh = bytes;
    const HANDLE event = place->hEvent;
    if (event != nullptr && error != ERROR_SUCCESS) ResetEvent(event);
    if (event != nullptr && error == ERROR_SUCCESS) return SetEvent(event);
  }
  return error == ERROR_SUCCESS ? TRUE : fail(error);
}

std::optional<std::uint64_t> offset_of(const OVERLAPPED* place) noexcept {
  if (place == nullptr) return std::nullopt;
  return std::uint64_t{place->OffsetHigh} << 32 | place->Offset;
}

DWORD move(HANDLE handle, std::int64_t distance, DWORD from, std::uint64_t& place) noexcept {
  const held_file found(handle, 0);
  if (!found) return ERROR_INVALID_HANDLE;
  if (from > FILE_END) return ERROR_INVALID_PARAMETER;
  return move_place(found.fd(), distance, from, place);
}

std::atomic<HANDLE> standard[3];

}  // namespace

std::optional<std::string> path_of(LPCSTR path) {
  return system_path(path != nullptr ? path : "");  // no path is one that is not found
}

std::optional<std::string> path_of(LPCWSTR path) {
  std::string text;
  if (path != nullptr && !to_utf8(path, text)) {
    SetLastError(ERROR_INVALID_NAME);
    return std::nullopt;
  }
  return system_path(std::move(text));
}

std::unique_ptr<entry> file::copy(DWORD rights, std::error_code& ec) const {
  if (!may(rights)) {  // a file's duplicate never has more rights than its source
    ec = make_error_code(errc::access_denied);
    return nullptr;
  }
  kept_descriptor other(fd.get());
  if (!other) {
    ec = make_error_code(errc::too_many_handles);
    return nullptr;
  }
  return std::make_unique<file>(std::move(other), rights, last);
}

bool is_mapped(native_handle_type fd) noexcept {
  const file_id id = id_of(fd);
  bool found = has_view_of(id);
  for_each_handle([&](HANDLE, const entry& one) {
    if (found || one.kind != entry_kind::section) return;
    const section& of = static_cast<const object<section>&>(one).held;
    found = of.backing() == section_backing::file && id_of(native_handle(of)) == id;
  });
  return found;
}

}  // namespace isthmus::veneer

using namespace isthmus::veneer;

HANDLE CreateFileA(LPCSTR path, DWORD rights, DWORD share, LPSECURITY_ATTRIBUTES attributes,
                   DWORD disposition, DWORD flags, HANDLE /*model*/) {
  return guarded(
      [&] { return create_file(path_of(path), rights, share, attributes, disposition, flags); },
      INVALID_HANDLE_VALUE);
}

HANDLE CreateFileW(LPCWSTR path, DWORD rights, DWORD share, LPSECURITY_ATTRIBUTES attributes,
                   DWORD disposition, DWORD flags, HANDLE /*model*/) {
  return guarded(
      [&] { return create_file(path_of(path), rights, share, attributes, disposition, flags); },
      INVALID_HANDLE_VALUE);
}

BOOL ReadFile(HANDLE file, LPVOID to, DWORD bytes, LPDWORD done, LPOVERLAPPED place) {
  if (done != nullptr) *done = 0;
  const held_file found(file, FILE_READ_DATA);
  if (!found) return FALSE;
  const auto offset = offset_of(place);
  std::size_t count = 0;
  DWORD error = read_file(found.fd(), to, bytes, offset ? &*offset : nullptr, count);
  if (error == ERROR_SUCCESS && count == 0 && bytes != 0 && place != nullptr)
    error = ERROR_HANDLE_EOF;
  return transferred(error, count, done, place);
}

BOOL WriteFile(HANDLE file, LPCVOID from, DWORD bytes, LPDWORD done, LPOVERLAPPED place) {
  if (done != nullptr) *done = 0;
  const held_file found(file, writing);
  if (!found) return FALSE;
  const auto offset = offset_of(place);
  std::size_t count = 0;
  const DWORD error = write_file(found.fd(), from, bytes, offset ? &*offset : nullptr, count);
  return transferred(error, count, done, place);
}

DWORD SetFilePointer(HANDLE file, LONG low, PLONG high, DWORD from) {
  const std::int64_t distance =
      high == nullptr ? low
                      : static_cast<std::int64_t>(std::uint64_t{static_cast<DWORD>(*high)} << 32 |
                                                  static_cast<DWORD>(low));
  std::uint64_t before = 0;
  std::uint64_t place = 0;
  DWORD error = move(file, 0, FILE_CURRENT, before);
  if (error == ERROR_SUCCESS) error = move(file, distance, from, place);
  if (error == ERROR_SUCCESS && high == nullptr && place >> 32 != 0) {
    error = ERROR_INVALID_PARAMETER;  // and nothing has moved
    (void)move(file, static_cast<std::int64_t>(before), FILE_BEGIN, before);
  }
  if (error != ERROR_SUCCESS) return fail(error), INVALID_SET_FILE_POINTER;
  if (high != nullptr) *high = static_cast<LONG>(place >> 32);
  const auto result = static_cast<DWORD>(place);
  if (result == INVALID_SET_FILE_POINTER) SetLastError(ERROR_SUCCESS);
  return result;
}

BOOL SetFilePointerEx(HANDLE file, LARGE_INTEGER distance, PLARGE_INTEGER place, DWORD from) {
  std::uint64_t now = 0;
  if (const DWORD error = move(file, distance.QuadPart, from, now)) return fail(error);
  if (place != nullptr) place->QuadPart = static_cast<LONGLONG>(now);
  return TRUE;
}

BOOL SetEndOfFile(HANDLE file) {
  const held_file found(file, FILE_WRITE_DATA);
  if (!found) return FALSE;
  std::uint64_t place = 0;
  DWORD error = move_place(found.fd(), 0, FILE_CURRENT, place);
  if (error == ERROR_SUCCESS) error = set_size(found.fd(), place);
  return error == ERROR_SUCCESS ? TRUE : fail(error);
}

BOOL GetFileSizeEx(HANDLE file, PLARGE_INTEGER size) {
  const held_file found(file, 0);
  if (!found) return FALSE;
  file_facts facts;
  if (const DWORD error = look_at(found.fd(), facts)) return fail(error);
  if (facts.kind != file_kind::plain) return fail(ERROR_INVALID_FUNCTION);
  size->QuadPart = static_cast<LONGLONG>(facts.size);
  return TRUE;
}

DWORD GetFileSize(HANDLE file, LPDWORD high) {
  LARGE_INTEGER size;
  if (GetFileSizeEx(file, &size) == FALSE) return INVALID_FILE_SIZE;
  const auto whole = static_cast<std::uint64_t>(size.QuadPart);
  if (high != nullptr) *high = static_cast<DWORD>(whole >> 32);
  const auto low = static_cast<DWORD>(whole);
  if (low == INVALID_FILE_SIZE) SetLastError(ERROR_SUCCESS);
  return low;
}

BOOL FlushFileBuffers(HANDLE file) {
  const held_file found(file, writing);
  if (!found) return FALSE;
  const DWORD error = write_out(found.fd());
  return error == ERROR_SUCCESS ? TRUE : fail(error);
}

BOOL DeleteFileA(LPCSTR path) {
  return guarded([&]() -> BOOL {
    const DWORD error = delete_file(*path_of(path));
    return error == ERROR_SUCCESS ? TRUE : fail(error);
  });
}

BOOL DeleteFileW(LPCWSTR path) {
  return guarded([&]() -> BOOL {
    const auto text = path_of(path);
    if (!text) return FALSE;
    const DWORD error = delete_file(*text);
    return error == ERROR_SUCCESS ? TRUE : fail(error);
  });
}

HANDLE GetStdHandle(DWORD which) {
  const DWORD index = STD_INPUT_HANDLE - which;
  if (index > 2) return no_file(ERROR_INVALID_HANDLE);
  return guarded([&]() -> HANDLE {
    HANDLE known = standard[index].load();
    if (known != nullptr) return known;
    kept_descriptor stream = standard_stream(index);
    if (!stream) return nullptr;  // the process has none
    const DWORD rights = rights_of_mode(stream.get());
    const HANDLE made = insert(std::make_unique<file>(std::move(stream), rights), 0);
    if (made == nullptr || standard[index].compare_exchange_strong(known, made)) return made;
    close(made);  // another thread was faster
    return known;
  });
}
