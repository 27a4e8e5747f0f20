// SPDX-License-Identifier: MIT
//
// Interlocked operations on what threads and, in views, processes share. Each is one step for all
// of them and a full barrier, as on Win32. What stood there before is the result, but for the
// increment and the decrement, which give the new value. Addresses must be aligned to the value's
// size.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

// The exchange is a loop because 64 bits at once are no instruction of 32-bit processors; what it
// reads first is a guess.
#define MemoryBarrier() __sync_synchronize()
#define YieldProcessor() __asm__ __volatile__("" : : : "memory")

#define ISTHMUS_WIN32_INTERLOCKED(suffix, type)                                            \
  static inline type InterlockedIncrement##suffix(type volatile* place) {                  \
    return __sync_add_and_fetch(place, 1);                                                 \
  }                                                                                        \
  static inline type InterlockedDecrement##suffix(type volatile* place) {                  \
    return __sync_sub_and_fetch(place, 1);                                                 \
  }                                                                                        \
  static inline type InterlockedExchangeAdd##suffix(type volatile* place, type added) {    \
    return __sync_fetch_and_add(place, added);                                             \
  }                                                                                        \
  static inline type InterlockedCompareExchange##suffix(type volatile* place, type wanted, \
                                                        type expected) {                   \
    return __sync_val_compare_and_swap(place, expected, wanted);                           \
  }                                                                                        \
  static inline type InterlockedExchange##suffix(type volatile* place, type wanted) {      \
    type before = *place;                                                                  \
    for (;;) {                                                                             \
      const type found = __sync_val_compare_and_swap(place, before, wanted);               \
      if (found == before) return before;                                                  \
      before = found;                                                                      \
    }                                                                                      \
  }                                                                                        \
  static inline type InterlockedAnd##suffix(type volatile* place, type mask) {             \
    return __sync_fetch_and_and(place, mask);                                              \
  }                                                                                        \
  static inline type InterlockedOr##suffix(type volatile* place, type mask) {              \
    return __sync_fetch_and_or(place, mask);                                               \
  }                                                                                        \
  static inline type InterlockedXor##suffix(type volatile* place, type mask) {             \
    return __sync_fetch_and_xor(place, mask);                                              \
  }
ISTHMUS_WIN32_INTERLOCKED(, LONG)
ISTHMUS_WIN32_INTERLOCKED(64, LONG64)
#if defined(__cplusplus) && defined(__LP64__)
extern "C++" {  // overloads, so that an int64_t may be used
ISTHMUS_WIN32_INTERLOCKED(64, long)
}
#endif
#undef ISTHMUS_WIN32_INTERLOCKED

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile* place, PVOID wanted,
                                                      PVOID expected) {
  return __sync_val_compare_and_swap(place, expected, wanted);
}
static inline PVOID InterlockedExchangePointer(PVOID volatile* place, PVOID wanted) {
  return __atomic_exchange_n(place, wanted, __ATOMIC_SEQ_CST);
}
// NOLINTEND
