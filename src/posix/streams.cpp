// SPDX-License-Identifier: MIT
//
// The ends of a child's standard streams. As all descriptors of ours they lie above 2, so putting
// one in its place never covers another.
#include "posix/system/descriptor.hpp"
#include "posix/system/fail_with.hpp"
#include "posix/system/new_pipe.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/retry.hpp"
#include "process.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace isthmus::detail {
namespace {

bool open_pipe(bool child_reads, carrier& theirs, carrier& ours, failure& why) {
  descriptor child;
  descriptor parent;
  if (!(child_reads ? new_pipe(child, parent) : new_pipe(parent, child)) || !child || !parent) {
    fail_with(errno, why);
    return false;
  }
  // The ends have descriptions of their own: the child's goes on blocking.
  if (::fcntl(parent.get(), F_SETFL, ::fcntl(parent.get(), F_GETFL) | O_NONBLOCK) != 0) {
    fail_with(errno, why);
    return false;
  }
  theirs = carrier(child.release());
  ours = carrier(parent.release());
  return true;
}

}  // namespace

bool open_stream(std::size_t which, stream_end to, const std::filesystem::path& path,
                 carrier& theirs, carrier& ours, failure& why) {
  const no_cancel whole;
  const bool reads = which == STDIN_FILENO;
  if (to == stream_end::pipe) return open_pipe(reads, theirs, ours, why);
  if (to != stream_end::null && path.empty()) {
    why.set(errc::invalid_argument, "no file given");
    return false;
  }
  if (to == stream_end::append && reads) {
    why.set(errc::invalid_argument, "input cannot be appended");
    return false;
  }
  const int mode = reads                      ? O_RDONLY
                   : to == stream_end::file   ? O_WRONLY | O_CREAT | O_TRUNC
                   : to == stream_end::append ? O_WRONLY | O_CREAT | O_APPEND
                                              : O_WRONLY;
  const char* const name = to == stream_end::null ? "/dev/null" : path.c_str();
  descriptor fd(retry([&] { return ::open(name, mode | O_CLOEXEC | O_NOCTTY, 0666); }));
  if (!fd) {
    fail_with(errno, why);
    why.detail = fmt::format("{}: {}", name, why.code.message());
    return false;
  }
  theirs = carrier(fd.release());
  return true;
}

}  // namespace isthmus::detail
