// SPDX-License-Identifier: MIT
#include "queue.h"

#include <stdio.h>

static LPCSTR PartName(char* buffer, size_t size, LPCSTR name, LPCSTR part) {
  snprintf(buffer, size, "%s.%s", name, part);
  return buffer;
}

BOOL OpenQueue(QUEUE* queue, LPCSTR name) {
  char part[MAX_PATH];

  ZeroMemory(queue, sizeof *queue);
  queue->memory = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof(RING),
                                     PartName(part, sizeof part, name, "memory"));
  queue->free_places = CreateSemaphoreA(NULL, QUEUE_LENGTH, QUEUE_LENGTH,
                                        PartName(part, sizeof part, name, "free_places"));
  queue->items =
      CreateSemaphoreA(NULL, 0, QUEUE_LENGTH, PartName(part, sizeof part, name, "items"));
  queue->mutex = CreateMutexA(NULL, FALSE, PartName(part, sizeof part, name, "mutex"));
  if (queue->memory != NULL)
    queue->ring = (RING*)MapViewOfFile(queue->memory, FILE_MAP_WRITE, 0, 0, sizeof(RING));
  if (queue->ring != NULL && queue->free_places != NULL && queue->items != NULL &&
      queue->mutex != NULL)
    return TRUE;
  CloseQueue(queue);
  return FALSE;
}

VOID CloseQueue(QUEUE* queue) {
  if (queue->ring != NULL) UnmapViewOfFile(queue->ring);
  if (queue->memory != NULL) CloseHandle(queue->memory);
  if (queue->free_places != NULL) CloseHandle(queue->free_places);
  if (queue->items != NULL) CloseHandle(queue->items);
  if (queue->mutex != NULL) CloseHandle(queue->mutex);
}

/* Waits for what is counted and for the ring at once, so nothing need be given back. */
static BOOL Enter(QUEUE* queue, HANDLE counted, DWORD milliseconds) {
  HANDLE both[2];
  both[0] = counted;
  both[1] = queue->mutex;
  /* An abandoned mutex is owned all the same; the ring is changed in steps that leave it whole. */
  switch (WaitForMultipleObjects(2, both, TRUE, milliseconds)) {
    case WAIT_OBJECT_0:
    case WAIT_ABANDONED_0:
      return TRUE;
    default:
      return FALSE;
  }
}

static BOOL Leave(QUEUE* queue, HANDLE counted) {
  return ReleaseSemaphore(counted, 1, NULL) && ReleaseMutex(queue->mutex);
}

BOOL Put(QUEUE* queue, LONG item, DWORD milliseconds) {
  if (!Enter(queue, queue->free_places, milliseconds)) return FALSE;
  queue->ring->items[queue->ring->last] = item;
  queue->ring->last = (queue->ring->last + 1) % QUEUE_LENGTH;
  return Leave(queue, queue->items);
}

BOOL Take(QUEUE* queue, LONG* item, DWORD milliseconds) {
  if (!Enter(queue, queue->items, milliseconds)) return FALSE;
  *item = queue->ring->items[queue->ring->first];
  queue->ring->first = (queue->ring->first + 1) % QUEUE_LENGTH;
  return Leave(queue, queue->free_places);
}
