// SPDX-License-Identifier: MIT
//
// What tests ask the system itself, so that they need not believe the library. One file for each
// system implements it; the build file chooses.
#pragma once

#include <isthmus/platform.hpp>
#include <isthmus/section.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace support {

/// Once, first thing in main.
void prepare_program(const char* argument_zero);

/// This very program's file.
[[nodiscard]] std::filesystem::path program();

/// The arguments as UTF-8, without the program's name.
[[nodiscard]] std::vector<std::string> command_line(int count, char** values);

[[nodiscard]] std::uint32_t process_id() noexcept;

[[nodiscard]] std::size_t page_size();

/// What addresses and offsets of views are congruent by: 64 KiB, or the page.
[[nodiscard]] std::size_t address_granularity();

/// A directory whose files are on a disk, or at least not in memory; nothing where there is none.
[[nodiscard]] std::optional<std::filesystem::path> disk_directory();

/// How the page at an address is mapped; all false where nothing is.
struct page_state {
  bool readable = false;
  bool writable = false;
  bool executable = false;
};
[[nodiscard]] page_state protection_of(const void* address);

/// How many bytes of the section have memory behind them. `base` and `size` are a view of all of
/// it: one system knows it by the view, the other by the section. Compare differences.
[[nodiscard]] std::uint64_t committed_bytes(const isthmus::section& of, const void* base,
                                            std::size_t size);

/// Tries to make the page at an address writable behind the library's back.
[[nodiscard]] bool make_writable(const void* address);

/// Another native handle for the same object, as dup or DuplicateHandle make it.
[[nodiscard]] isthmus::native_handle_type copy_of(isthmus::native_handle_type handle);

/// Whether a thread can end in the middle of a call, as by ExitThread. The C library unwinds such a
/// thread with the shared libgcc_s.so.1; a program that has another unwinder, as with LLVM's C++
/// library, dies of that.
[[nodiscard]] bool threads_can_unwind() noexcept;

/// By how much a timer may be early: the tick of the clock that it goes by (TMR-17).
[[nodiscard]] std::chrono::milliseconds timer_tick() noexcept;

/// How often to repeat what should be done `wanted` times: less where each call takes long.
[[nodiscard]] int repetitions(int wanted) noexcept;
/// The same of turns that threads or processes take one after the other, five calls each and a
/// change of the one that runs.
[[nodiscard]] int turns(int wanted) noexcept;

/// How many handles or descriptors this process has.
[[nodiscard]] std::size_t open_handles();

/// How many handles may stay here that processes had put here and were killed before they could say
/// so; where none can, 0.
[[nodiscard]] std::size_t lost_handles(int kills) noexcept;

/// From now on a memory fault ends this process at once, without debugger or core file.
void die_plainly_on_faults();
/// Whether an exit code says that the process died of a memory fault.
[[nodiscard]] bool is_fault(int exit_code) noexcept;
/// The exit code of a process that somebody killed.
[[nodiscard]] bool is_kill(int exit_code) noexcept;

/// Ends this process at once, without any cleaning up.
[[noreturn]] void exit_at_once(int code);

/// An open file, as the system sees it.
class native_file {
 public:
  enum class use { read, write, read_write };
  native_file(const std::filesystem::path& path, use how);
  native_file(const native_file&) = delete;
  native_file& operator=(const native_file&) = delete;
  ~native_file() { close(); }

  [[nodiscard]] isthmus::native_handle_type get() const noexcept { return handle_; }
  void close() noexcept;

 private:
  isthmus::native_handle_type handle_;
};

}  // namespace support
