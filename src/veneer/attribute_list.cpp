// SPDX-License-Identifier: MIT
#include "attribute_list.hpp"

#include "error.hpp"

#include <new>

using namespace isthmus::veneer;

BOOL InitializeProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD count, DWORD flags,
                                       PSIZE_T size) {
  // There is one attribute, so there is room for all.
  static_cast<void>(count);
  if (flags != 0 || size == nullptr) return fail(ERROR_INVALID_PARAMETER);
  const bool enough = list != nullptr && *size >= sizeof(attribute_list);
  *size = sizeof(attribute_list);
  if (!enough) return fail(ERROR_INSUFFICIENT_BUFFER);
  ::new (static_cast<void*>(list)) attribute_list;
  return TRUE;
}

// NOLINTBEGIN(readability-non-const-parameter): the declaration is Win32's
BOOL UpdateProcThreadAttribute(LPPROC_THREAD_ATTRIBUTE_LIST list, DWORD flags, DWORD_PTR attribute,
                               PVOID value, SIZE_T size, PVOID previous, PSIZE_T previous_size) {
  // NOLINTEND(readability-non-const-parameter)
  if (flags != 0 || previous != nullptr || previous_size != nullptr)
    return fail(ERROR_INVALID_PARAMETER);
  if (value == nullptr) return fail(ERROR_INVALID_PARAMETER);
  if (attribute != PROC_THREAD_ATTRIBUTE_HANDLE_LIST) return fail(ERROR_NOT_SUPPORTED);
  if (size == 0 || size % sizeof(HANDLE) != 0) return fail(ERROR_BAD_LENGTH);
  reinterpret_cast<attribute_list*>(list)->handles = {static_cast<const HANDLE*>(value),
                                                      size / sizeof(HANDLE)};
  return TRUE;
}

VOID DeleteProcThreadAttributeList(LPPROC_THREAD_ATTRIBUTE_LIST /*list*/) {}
