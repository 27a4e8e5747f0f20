// SPDX-License-Identifier: MIT
//
// The C library's nearest to a mutex of isthmus: shared between processes, recursive, and robust,
// which is to say that the next owner is told of its owner's death.
#pragma once

#include <pthread.h>

#include <cerrno>
#include <system_error>

namespace bench {

class robust_mutex {
 public:
  robust_mutex() {
    pthread_mutexattr_t attributes;
    check(::pthread_mutexattr_init(&attributes));
    check(::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    check(::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
    check(::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE));
    check(::pthread_mutex_init(&mutex_, &attributes));
    ::pthread_mutexattr_destroy(&attributes);
  }
  ~robust_mutex() { ::pthread_mutex_destroy(&mutex_); }
  robust_mutex(const robust_mutex&) = delete;
  robust_mutex& operator=(const robust_mutex&) = delete;

  /// Whether the previous owner has died with it.
  bool lock() {
    const int error = ::pthread_mutex_lock(&mutex_);
    if (error == EOWNERDEAD) return ::pthread_mutex_consistent(&mutex_) == 0;
    check(error);
    return false;
  }
  void unlock() { check(::pthread_mutex_unlock(&mutex_)); }

 private:
  static void check(int error) {
    if (error != 0) throw std::system_error(error, std::system_category(), "robust mutex");
  }

  pthread_mutex_t mutex_{};
};

}  // namespace bench
