// SPDX-License-Identifier: MIT
#include <isthmus/win32/critical_section.h>

#include <pthread.h>

#include <new>

static_assert(sizeof(CRITICAL_SECTION) >= sizeof(pthread_mutex_t));
static_assert(alignof(CRITICAL_SECTION) % alignof(pthread_mutex_t) == 0);

namespace {

pthread_mutex_t* mutex_in(LPCRITICAL_SECTION section) noexcept {
  return std::launder(static_cast<pthread_mutex_t*>(static_cast<void*>(section->Reserved)));
}

}  // namespace

void InitializeCriticalSection(LPCRITICAL_SECTION section) {
  pthread_mutexattr_t attributes{};
  ::pthread_mutexattr_init(&attributes);
  ::pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  ::pthread_mutex_init(new (section->Reserved) pthread_mutex_t{}, &attributes);
  ::pthread_mutexattr_destroy(&attributes);
}

BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION section, DWORD /*spins*/) {
  InitializeCriticalSection(section);
  return TRUE;
}

void DeleteCriticalSection(LPCRITICAL_SECTION section) {
  ::pthread_mutex_destroy(mutex_in(section));
}

void EnterCriticalSection(LPCRITICAL_SECTION section) { ::pthread_mutex_lock(mutex_in(section)); }

BOOL TryEnterCriticalSection(LPCRITICAL_SECTION section) {
  return ::pthread_mutex_trylock(mutex_in(section)) == 0 ? TRUE : FALSE;
}

void LeaveCriticalSection(LPCRITICAL_SECTION section) { ::pthread_mutex_unlock(mutex_in(section)); }
