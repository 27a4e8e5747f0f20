// SPDX-License-Identifier: MIT
//
// Permissions as the system's security descriptors.
#pragma once

#include <isthmus/permissions.hpp>

#include "failure.hpp"
#include "win32/windows.hpp"

#include <array>
#include <cstddef>

namespace isthmus::detail {

/// The rights of each circle of users, which depend on the kind of object.
struct circles {
  DWORD owner;   ///< the creator and the system
  DWORD modify;  ///< who else may modify
  DWORD read;    ///< who else may read
};

/// A security descriptor for one call that creates. The creating user owns the object, whatever the
/// token's defaults are, so that creator() names a user; nothing is inherited from elsewhere.
class security {
 public:
  security(const permissions& wanted, const circles& rights, failure& why);
  security(const security&) = delete;
  security& operator=(const security&) = delete;
  ~security();

  [[nodiscard]] SECURITY_ATTRIBUTES* attributes() noexcept { return &attributes_; }

 private:
  bool build(const permissions& wanted, const circles& rights);
  void parse(std::string_view sddl, failure& why);

  struct token_sid {  // what the system gives for TokenUser and TokenPrimaryGroup
    PSID sid = nullptr;
    alignas(void*) std::array<std::byte, SECURITY_MAX_SID_SIZE + 16> rest = {};
  };
  static bool ask(TOKEN_INFORMATION_CLASS what, token_sid& result);

  SECURITY_ATTRIBUTES attributes_ = {};
  SECURITY_DESCRIPTOR descriptor_ = {};
  token_sid user_;
  token_sid group_;
  alignas(DWORD) std::array<std::byte, 512> entries_ = {};  // four of 76 bytes at most
  PSECURITY_DESCRIPTOR parsed_ = nullptr;
};

/// The user who owns an object, as the text of a SID. Needs READ_CONTROL.
[[nodiscard]] std::string owner_of(HANDLE object, failure& why);

/// Who may do what with it, as SDDL. Needs READ_CONTROL; empty without.
[[nodiscard]] std::string permissions_of(HANDLE object);

}  // namespace isthmus::detail
