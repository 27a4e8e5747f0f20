// SPDX-License-Identifier: MIT
//
// Security attributes: who else may open a new object, and whether children inherit the handle
// (INH-05). Without a descriptor an object is its user's alone. A descriptor with a null access
// list opens it to everybody, as ever; in the session scope that reaches nobody else on POSIX, see
// isthmus/permissions.hpp. Differs: there are no other access lists.
#pragma once

// NOLINTBEGIN: C, and the names are those of Win32
#include <isthmus/win32/types.h>

typedef struct _SECURITY_ATTRIBUTES {
  DWORD nLength;
  LPVOID lpSecurityDescriptor;
  BOOL bInheritHandle;
} SECURITY_ATTRIBUTES, *PSECURITY_ATTRIBUTES, *LPSECURITY_ATTRIBUTES;

typedef struct _ACL ACL, *PACL;  // there are none
typedef PVOID PSECURITY_DESCRIPTOR;

typedef struct _SECURITY_DESCRIPTOR {
  BYTE Revision;
  BYTE Sbz1;
  WORD Control;
  PVOID Owner;
  PVOID Group;
  PACL Sacl;
  PACL Dacl;
} SECURITY_DESCRIPTOR;

#define SECURITY_DESCRIPTOR_REVISION 1
#define SECURITY_DESCRIPTOR_MIN_LENGTH (sizeof(SECURITY_DESCRIPTOR))
#define SE_DACL_PRESENT 0x0004u

ISTHMUS_WIN32_BEGIN

// Makes a descriptor that says nothing.
ISTHMUS_WIN32_API BOOL WINAPI InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor,
                                                           DWORD revision);
// `present` with a null list: everybody may do everything. Not `present`: the default again.
ISTHMUS_WIN32_API BOOL WINAPI SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor,
                                                        BOOL present, PACL list, BOOL defaulted);

ISTHMUS_WIN32_END
// NOLINTEND
