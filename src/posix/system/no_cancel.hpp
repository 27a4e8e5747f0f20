// SPDX-License-Identifier: MIT
#pragma once

#include <pthread.h>

namespace isthmus::detail {

/// While one exists, pthread_cancel waits: nothing of the library is cut off in the middle.
class no_cancel {
 public:
  no_cancel() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~no_cancel() {
    int ours = 0;
    ::pthread_setcancelstate(before_, &ours);
  }
  no_cancel(const no_cancel&) = delete;
  no_cancel& operator=(const no_cancel&) = delete;

 private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

}  // namespace isthmus::detail
