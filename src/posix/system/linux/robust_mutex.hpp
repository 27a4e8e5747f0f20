// SPDX-License-Identifier: MIT
#pragma once

#include <pthread.h>

namespace isthmus::detail {

/// Makes a robust mutex of the C library's, for all processes, and locks it: 0 or an error number.
inline int lock_new_robust(pthread_mutex_t& mutex) noexcept {
  pthread_mutexattr_t attributes;
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  int error = ::pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  if (error == 0) error = ::pthread_mutex_init(&mutex, &attributes);
  ::pthread_mutexattr_destroy(&attributes);
  // It is free, of course; tried rather than locked so that checkers of lock orders leave it alone.
  return error == 0 ? ::pthread_mutex_trylock(&mutex) : error;
}

}  // namespace isthmus::detail
