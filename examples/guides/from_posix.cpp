// SPDX-License-Identifier: MIT
#include <isthmus/isthmus.hpp>

#include "guides.hpp"

#include <chrono>

void guides::from_posix() {
  // [port]
  using namespace std::chrono_literals;
  // int fd = shm_open("/orders", O_CREAT | O_EXCL | O_RDWR, 0600); ftruncate(fd, 4096);
  auto orders = isthmus::section::create({.name = "orders", .size = 4096});
  // void* bytes = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  auto view = isthmus::view::map(orders);
  // sem_t* rooms = sem_open("/rooms", O_CREAT, 0600, 3);
  auto rooms = isthmus::semaphore::open_or_create({.name = "rooms", .initial = 3, .maximum = 3});
  // sem_timedwait(rooms, &deadline);                              of the wall clock
  bool got_one = rooms.try_acquire_for(1s);
  // sem_post(rooms);
  rooms.release();
  // munmap, close, sem_close: at the end of the scope. shm_unlink, sem_unlink: not needed
  // [end]
  expect(view && got_one, "the ported code works");
}
