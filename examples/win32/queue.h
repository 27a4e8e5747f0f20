// SPDX-License-Identifier: MIT
//
// A queue of bounded length between processes: a ring in named memory, a semaphore that counts its
// free places, one that counts its items, and a mutex for the ring's ends.
#pragma once

#include <isthmus/win32.h>

#define QUEUE_LENGTH 8

typedef struct RING {
  LONG first; /* the next to take */
  LONG last;  /* the next to fill */
  LONG items[QUEUE_LENGTH];
} RING;

typedef struct QUEUE {
  HANDLE memory;
  HANDLE free_places;
  HANDLE items;
  HANDLE mutex;
  RING* ring;
} QUEUE;

/* Makes or opens the queue of this name, which is short. */
BOOL OpenQueue(QUEUE* queue, LPCSTR name);
VOID CloseQueue(QUEUE* queue);

/* FALSE where the time passes first, or somebody has died with the ring in his hands. */
BOOL Put(QUEUE* queue, LONG item, DWORD milliseconds);
BOOL Take(QUEUE* queue, LONG* item, DWORD milliseconds);
