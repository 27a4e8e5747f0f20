// SPDX-License-Identifier: MIT
//
// Files: the companions of sections.
#include "files.hpp"

#include <catch2/catch_test_macros.hpp>

#include <string>

using namespace veneer_tests;

namespace {

std::string read(HANDLE file, DWORD bytes, LPOVERLAPPED place = nullptr) {
  std::string buffer(bytes, '?');
  DWORD done = 99;
  if (ReadFile(file, buffer.data(), bytes, &done, place) == FALSE) return "failed";
  return buffer.substr(0, done);
}

DWORD write(HANDLE file, const std::string& text, LPOVERLAPPED place = nullptr) {
  DWORD done = 99;
  const auto bytes = static_cast<DWORD>(text.size());
  return WriteFile(file, text.data(), bytes, &done, place) != FALSE ? done : 99;
}

OVERLAPPED at(std::uint64_t offset) {
  OVERLAPPED place = {};
  place.Offset = static_cast<DWORD>(offset);
  place.OffsetHigh = static_cast<DWORD>(offset >> 32);
  return place;
}

}  // namespace

TEST_CASE("the disposition says whether a file is made, found or emptied", "[veneer][file]") {
  constexpr struct {
    DWORD disposition;
    DWORD missing;  // the error, or not_refused; then whether 183 is set
    DWORD there;
    const char* content;  // of the file that was there
  } rows[] = {{CREATE_NEW, not_refused, ERROR_FILE_EXISTS, "content"},
              {CREATE_ALWAYS, not_refused, not_refused, ""},
              {OPEN_EXISTING, ERROR_FILE_NOT_FOUND, not_refused, "content"},
              {OPEN_ALWAYS, not_refused, not_refused, "content"},
              {TRUNCATE_EXISTING, ERROR_FILE_NOT_FOUND, not_refused, ""}};
  for (const auto& form : file_forms)
    for (const auto& row : rows) {
      CAPTURE(form.word, row.disposition);
      const one_file there("content");
      const std::string missing = support::to_text(there.folder / "missing");
      const auto open = [&](const std::string& path) {
        return form.create(path, read_write, row.disposition, FILE_ATTRIBUTE_NORMAL);
      };
      CHECK(file_refusal([&] { return open(missing); }) == row.missing);
      CHECK(file_refusal([&] { return open(there.name()); }) == row.there);
      CHECK(there.bytes() == row.content);
      if (row.there != not_refused) continue;
      const bool tells = row.disposition == CREATE_ALWAYS || row.disposition == OPEN_ALWAYS;
      handle made;
      CHECK(error_after([&] { made = open(there.name()); }) ==
            (tells ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS));
      if (tells) {
        const std::string fresh = support::to_text(there.folder / "fresh");
        CHECK(error_after([&] { made = open(fresh); }) == ERROR_SUCCESS);
      }
    }
}

TEST_CASE("a path that is missing is told from a file that is", "[veneer][file]") {
  const one_file there("content");
  for (const auto& form : file_forms) {
    const std::string folder = support::to_text(there.folder.path());
    const auto open = [&](const std::string& path, DWORD rights = GENERIC_READ) {
      return file_refusal([&] { return form.create(path, rights, OPEN_EXISTING, 0); });
    };
    CAPTURE(form.word);
    CHECK(open(folder + "/missing") == ERROR_FILE_NOT_FOUND);
    CHECK(open(folder + "/missing/file") == ERROR_PATH_NOT_FOUND);
    CHECK(open(folder + "\\missing\\file") == ERROR_PATH_NOT_FOUND);
    CHECK(open("") == ERROR_PATH_NOT_FOUND);
    CHECK(open(folder + "\\file") == not_refused);
    CHECK(open(folder) == ERROR_ACCESS_DENIED);
    CHECK(open(folder + "/file", 0) == not_refused);
    CHECK(file_refusal([&] { return form.create(folder + "/file", read_write, 9, 0); }) ==
          ERROR_INVALID_PARAMETER);
    if (under_wine()) continue;  // it does not want the right to write
    CHECK(file_refusal([&] {
            return form.create(folder + "/file", GENERIC_READ, TRUNCATE_EXISTING, 0);
          }) == ERROR_INVALID_PARAMETER);
  }
  CHECK(there.bytes() == "content");
}

TEST_CASE("reading and writing go on where the last call ended", "[veneer][file]") {
  const one_file there("0123456789");
  const handle file(open_file(there.name()));
  CHECK(read(file, 4) == "0123");
  CHECK(write(file, "ab") == 2);
  CHECK(read(file, 99) == "6789");
  CHECK(read(file, 99).empty());
  CHECK(write(file, "end") == 3);
  CHECK(there.bytes() == "0123ab6789end");
  // A duplicate has the same place, another opening has its own.
  const handle copy(copy_of(file, GENERIC_READ));
  SetFilePointer(file, 2, nullptr, FILE_BEGIN);
  CHECK(read(copy, 2) == "23");
  CHECK(read(file, 1) == "a");
  CHECK(read(handle(open_file(there.name())), 1) == "0");
}

TEST_CASE("an OVERLAPPED tells the place, and moves the handle's", "[veneer][file]") {
  const one_file there("0123456789");
  const handle file(open_file(there.name()));
  OVERLAPPED place = at(4);
  CHECK(read(file, 2, &place) == "45");
  CHECK(place.InternalHigh == 2);
  CHECK(read(file, 2) == "67");
  const handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  place = at(8);
  place.hEvent = event;
  CHECK(write(file, "xyz", &place) == 3);
  CHECK(taken(event));
  CHECK(there.bytes() == "01234567xyz");
  place = at(11);
  char byte = 0;
  DWORD done = 99;
  place.hEvent = event;
  SetEvent(event);
  CHECK(refusal_of([&] { return ReadFile(file, &byte, 1, &done, &place); }) == ERROR_HANDLE_EOF);
  CHECK(done == 0);
  CHECK(taken(event) == under_wine());  // which does not unset it when the reading begins
  CHECK(place.Internal == 0xC0000011);
  CHECK(place.InternalHigh == 0);
}

TEST_CASE("a handle reads and writes as its rights say", "[veneer][file]") {
  const one_file there("content");
  const handle reading(open_file(there.name(), GENERIC_READ));
  const handle writing(open_file(there.name(), GENERIC_WRITE));
  char byte = 'x';
  DWORD done = 0;
  CHECK(refusal_of([&] { return WriteFile(reading, &byte, 1, &done, nullptr); }) ==
        ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return SetEndOfFile(reading); }) ==
        (under_wine() ? ERROR_INVALID_PARAMETER : ERROR_ACCESS_DENIED));
  CHECK(refusal_of([&] { return FlushFileBuffers(reading); }) == ERROR_ACCESS_DENIED);
  CHECK(refusal_of([&] { return ReadFile(writing, &byte, 1, &done, nullptr); }) ==
        ERROR_ACCESS_DENIED);
  CHECK(quietly([&] { return WriteFile(writing, &byte, 1, &done, nullptr); }));
  CHECK(quietly([&] { return FlushFileBuffers(writing); }));
  CHECK(there.bytes() == "xontent");
  const handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  for (const HANDLE wrong : {HANDLE{nullptr}, INVALID_HANDLE_VALUE, HANDLE{event}}) {
    CHECK(refusal_of([&] { return ReadFile(wrong, &byte, 1, &done, nullptr); }) ==
          ERROR_INVALID_HANDLE);
    CHECK(refusal_of([&] { return FlushFileBuffers(wrong); }) == ERROR_INVALID_HANDLE);
  }
  CHECK(refusal_of([&] { return copy_of(writing, FILE_WRITE_DATA); }) == not_refused);
  if (under_wine()) SKIP("Wine lets the duplicate of a file's handle have more rights");
  CHECK(refusal_of([&] { return copy_of(reading, GENERIC_WRITE); }) == ERROR_ACCESS_DENIED);
}

TEST_CASE("FILE_APPEND_DATA alone writes at the end only", "[veneer][file]") {
  const one_file there("content");
  const handle file(open_file(there.name(), FILE_APPEND_DATA));
  SetFilePointer(file, 0, nullptr, FILE_BEGIN);
  CHECK(write(file, "+") == 1);
  CHECK(there.bytes() == "content+");
}

TEST_CASE("the place moves from the beginning, from itself and from the end", "[veneer][file]") {
  const one_file there("0123456789");
  const handle file(open_file(there.name()));
  CHECK(SetFilePointer(file, 3, nullptr, FILE_BEGIN) == 3);
  CHECK(SetFilePointer(file, 2, nullptr, FILE_CURRENT) == 5);
  CHECK(SetFilePointer(file, -1, nullptr, FILE_END) == 9);
  CHECK(read(file, 5) == "9");
  const auto refusal = [&](LONG low, PLONG high, DWORD from) {
    return refusal_of([&] { return SetFilePointer(file, low, high, from); });
  };
  CHECK(refusal(-11, nullptr, FILE_CURRENT) == ERROR_NEGATIVE_SEEK);
  CHECK(refusal(0, nullptr, 3) == ERROR_INVALID_PARAMETER);
  LONG high = 1;
  CHECK(SetFilePointer(file, -1, &high, FILE_BEGIN) == INVALID_SET_FILE_POINTER);
  CHECK(GetLastError() == ERROR_SUCCESS);
  CHECK(high == 1);
  if (!under_wine()) CHECK(refusal(5, nullptr, FILE_CURRENT) == ERROR_INVALID_PARAMETER);

  LARGE_INTEGER distance;
  LARGE_INTEGER place;
  distance.QuadPart = -4;
  CHECK(quietly([&] { return SetFilePointerEx(file, distance, &place, FILE_END); }));
  CHECK(place.QuadPart == 6);
  distance.QuadPart = -11;
  CHECK(refusal_of([&] { return SetFilePointerEx(file, distance, &place, FILE_END); }) ==
        ERROR_NEGATIVE_SEEK);
  CHECK(read(file, 1) == "6");
}

TEST_CASE("a file ends where it is told to", "[veneer][file]") {
  const one_file there("0123456789");
  const handle file(open_file(there.name()));
  CHECK(cut(file, 4) != FALSE);
  CHECK(there.bytes() == "0123");
  CHECK(cut(file, 6) != FALSE);
  CHECK(there.bytes() == std::string("0123\0\0", 6));
  DWORD high = 99;
  CHECK(GetFileSize(file, &high) == 6);
  CHECK(high == 0);
  CHECK(size_of(file) == 6);
  LARGE_INTEGER distant;
  distant.QuadPart = LONGLONG{5} << 30;
  SetFilePointerEx(file, distant, nullptr, FILE_BEGIN);
  CHECK(SetEndOfFile(file) != FALSE);
  CHECK(GetFileSize(file, &high) == 1u << 30);
  CHECK(high == 1);
  CHECK(size_of(file) == distant.QuadPart);
  const handle event(CreateEventA(nullptr, FALSE, FALSE, nullptr));
  CHECK(refusal_of([&] { return GetFileSize(event, &high); }) == ERROR_INVALID_HANDLE);
}

TEST_CASE("files are deleted by name, folders are not", "[veneer][file]") {
  for (const auto& form : file_forms) {
    CAPTURE(form.word);
    const one_file there("content");
    const std::string folder = support::to_text(there.folder.path());
    const auto remove = [&](const std::string& path) {
      return refusal_of([&] { return form.remove(path); });
    };
    CHECK(remove(there.name()) == not_refused);
    CHECK(remove(there.name()) == ERROR_FILE_NOT_FOUND);
    CHECK(remove(folder + "/missing/file") == ERROR_PATH_NOT_FOUND);
    CHECK(remove(folder) == ERROR_ACCESS_DENIED);
    CHECK(std::filesystem::exists(there.folder.path()));
  }
}

TEST_CASE("a file deleted on close goes with the last handle of its opening", "[veneer][file]") {
  const one_file there("content");
  handle file(open_file(there.name(), read_write, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE));
  handle copy(copy_of(file, GENERIC_READ));
  file.close();
  CHECK(std::filesystem::exists(there.path));
  CHECK(read(copy, 7) == "content");
  copy.close();
  CHECK_FALSE(std::filesystem::exists(there.path));
}

TEST_CASE("standard streams are files, the same at each call", "[veneer][file]") {
  for (const DWORD which : {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE})
    CHECK(GetStdHandle(which) == GetStdHandle(which));
  CHECK(GetStdHandle(5) == INVALID_HANDLE_VALUE);
  CHECK(GetStdHandle(STD_OUTPUT_HANDLE) != nullptr);
}

TEST_CASE("NUL is a file that is empty and takes everything, in any case and as a device",
          "[veneer][file]") {
  for (const char* name : {"NUL", "nul", "Nul", "\\\\.\\NUL"}) {
    INFO(name);
    const handle file(
        CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr));
    REQUIRE(file != INVALID_HANDLE_VALUE);
    CHECK(write(file, "lost") == 4);
    CHECK(read(file, 4).empty());
  }
}

TEST_CASE("MAXIMUM_ALLOWED for a file is what may be had of it (ACL-08)", "[veneer][file]") {
  const one_file there("content");
  const handle reading(open_file(there.name(), GENERIC_READ));
  const handle copy(copy_of(reading, MAXIMUM_ALLOWED));
  REQUIRE(copy != nullptr);
  CHECK(read(copy, 3) == "con");
  const handle opened(CreateFileA(there.name().c_str(), MAXIMUM_ALLOWED,
                                  FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_EXISTING, 0,
                                  nullptr));
  REQUIRE(opened != INVALID_HANDLE_VALUE);
  CHECK(read(opened, 3) == "con");
}
