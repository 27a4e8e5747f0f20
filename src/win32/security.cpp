// SPDX-License-Identifier: MIT
#include "win32/security.hpp"

#include "win32/text.hpp"

#include <string_view>

#include <aclapi.h>
#include <sddl.h>

namespace isthmus::detail {
namespace {

/// The system's memory, of which several functions give some away.
class local_memory {
 public:
  explicit local_memory(void* memory) noexcept : memory_(memory) {}
  local_memory(const local_memory&) = delete;
  local_memory& operator=(const local_memory&) = delete;
  ~local_memory() {
    if (memory_ != nullptr) ::LocalFree(memory_);
  }

 private:
  void* memory_;
};

DWORD rights_of(audience circle, const permissions& wanted, const circles& rights) noexcept {
  if (wanted.modify >= circle) return rights.modify;
  return wanted.read >= circle ? rights.read : 0;
}

bool allow(ACL* list, DWORD rights, PSID who) noexcept {
  return rights == 0 || ::AddAccessAllowedAce(list, ACL_REVISION, rights, who) != 0;
}

bool allow(ACL* list, DWORD rights, WELL_KNOWN_SID_TYPE who) noexcept {
  alignas(DWORD) std::array<std::byte, SECURITY_MAX_SID_SIZE> sid = {};
  auto size = static_cast<DWORD>(sid.size());
  return rights == 0 || (::CreateWellKnownSid(who, nullptr, sid.data(), &size) != 0 &&
                         allow(list, rights, static_cast<PSID>(sid.data())));
}

}  // namespace

security::security(const permissions& wanted, const circles& rights, failure& why) {
  attributes_.nLength = sizeof attributes_;
  attributes_.lpSecurityDescriptor = &descriptor_;
  if (!wanted.native.empty()) {
    parse(wanted.native, why);
  } else if (!build(wanted, rights)) {
    why.set_native(last_error());
  }
}

security::~security() {
  if (parsed_ != nullptr) ::LocalFree(parsed_);
}

/// By hand and not by way of SDDL, because it takes one question to the system and no parsing.
bool security::build(const permissions& wanted, const circles& rights) {
  if (!ask(TokenUser, user_)) return false;
  auto* const list = reinterpret_cast<ACL*>(entries_.data());
  if (!::InitializeAcl(list, static_cast<DWORD>(entries_.size()), ACL_REVISION) ||
      !allow(list, rights.owner, user_.sid) || !allow(list, rights.owner, WinLocalSystemSid)) {
    return false;
  }
  const DWORD group = rights_of(audience::group, wanted, rights);
  if (group != 0 && !(ask(TokenPrimaryGroup, group_) && allow(list, group, group_.sid))) {
    return false;
  }
  return allow(list, rights_of(audience::everyone, wanted, rights), WinWorldSid) &&
         ::InitializeSecurityDescriptor(&descriptor_, SECURITY_DESCRIPTOR_REVISION) != 0 &&
         ::SetSecurityDescriptorOwner(&descriptor_, user_.sid, FALSE) != 0 &&
         ::SetSecurityDescriptorDacl(&descriptor_, TRUE, list, FALSE) != 0 &&
         ::SetSecurityDescriptorControl(&descriptor_, SE_DACL_PROTECTED, SE_DACL_PROTECTED) != 0;
}

void security::parse(std::string_view sddl, failure& why) {
  const std::wstring text = widen(sddl, why);
  if (why) return;
  if (!::ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                              &parsed_, nullptr)) {
    const int number = last_error();
    if (number == ERROR_NOT_ENOUGH_MEMORY) return why.set_native(number);
    return why.set(errc::invalid_argument, "permissions::native is not SDDL");
  }
  attributes_.lpSecurityDescriptor = parsed_;
}

bool security::ask(TOKEN_INFORMATION_CLASS what, token_sid& result) {
  // This token needs no opening, and is that of the user whom the thread acts for at the moment.
  const HANDLE token = ::GetCurrentThreadEffectiveToken();
  DWORD used = 0;
  return ::GetTokenInformation(token, what, &result, sizeof result, &used) != 0;
}

std::string owner_of(HANDLE object, failure& why) {
  PSID owner = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  const DWORD result = ::GetSecurityInfo(object, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION,
                                         &owner, nullptr, nullptr, nullptr, &descriptor);
  if (result != ERROR_SUCCESS) {
    why.set_native(static_cast<int>(result));
    return {};
  }
  const local_memory keep_descriptor(descriptor);
  if (owner == nullptr) {
    why.set(errc::not_supported, "the system keeps no owner for this object");
    return {};
  }
  wchar_t* text = nullptr;
  if (!::ConvertSidToStringSidW(owner, &text)) {
    why.set_native(last_error());
    return {};
  }
  const local_memory keep_text(text);
  return narrow(text);
}

std::string permissions_of(HANDLE object) {
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (::GetSecurityInfo(object, SE_KERNEL_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr,
                        nullptr, nullptr, &descriptor) != ERROR_SUCCESS)
    return {};
  const local_memory keep_descriptor(descriptor);
  wchar_t* text = nullptr;
  if (!::ConvertSecurityDescriptorToStringSecurityDescriptorW(
          descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, nullptr))
    return {};
  const local_memory keep_text(text);
  return narrow(text);
}

}  // namespace isthmus::detail
