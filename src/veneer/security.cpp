// SPDX-License-Identifier: MIT
#include "security.hpp"

#include "error.hpp"

namespace isthmus::veneer {

DWORD permissions_of(const SECURITY_ATTRIBUTES* attributes, permissions& made) noexcept {
  made = {};
  if (attributes == nullptr || attributes->lpSecurityDescriptor == nullptr) return ERROR_SUCCESS;
  const auto* const descriptor =
      static_cast<const SECURITY_DESCRIPTOR*>(attributes->lpSecurityDescriptor);
  if (descriptor->Revision != SECURITY_DESCRIPTOR_REVISION) return ERROR_UNKNOWN_REVISION;
  if ((descriptor->Control & SE_DACL_PRESENT) == 0) return ERROR_SUCCESS;
  if (descriptor->Dacl != nullptr) return ERROR_NOT_SUPPORTED;
  made.read = made.modify = audience::everyone;
  return ERROR_SUCCESS;
}

}  // namespace isthmus::veneer

BOOL InitializeSecurityDescriptor(PSECURITY_DESCRIPTOR descriptor, DWORD revision) {
  using namespace isthmus::veneer;
  if (revision != SECURITY_DESCRIPTOR_REVISION) return fail(ERROR_UNKNOWN_REVISION);
  *static_cast<SECURITY_DESCRIPTOR*>(descriptor) = {};
  static_cast<SECURITY_DESCRIPTOR*>(descriptor)->Revision = SECURITY_DESCRIPTOR_REVISION;
  return TRUE;
}

BOOL SetSecurityDescriptorDacl(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL list,
                               BOOL /*defaulted*/) {
  using namespace isthmus::veneer;
  auto* const to = static_cast<SECURITY_DESCRIPTOR*>(descriptor);
  if (to->Revision != SECURITY_DESCRIPTOR_REVISION) return fail(ERROR_UNKNOWN_REVISION);
  if (present == FALSE) {
    to->Control = 0;
    to->Dacl = nullptr;
    return TRUE;
  }
  if (list != nullptr) return fail(ERROR_NOT_SUPPORTED);
  to->Control = SE_DACL_PRESENT;
  return TRUE;
}
