// SPDX-License-Identifier: MIT
//
// Each copy of the library carries an ELF note that says where its module_identity is. The loader
// lists all modules with their notes, so the copies find each other whatever the symbol tables say:
// with any compiler and C library, in programs and in modules that are loaded later.
#include "posix/owners/modules.hpp"

#include "posix/owners/identity.hpp"
#include "posix/owners/self.hpp"

#include <dlfcn.h>
#include <link.h>

#include <bit>
#include <cstddef>
#include <cstring>

extern "C" {
__attribute__((visibility("hidden"), used))
isthmus::detail::module_identity isthmus_module_identity{
    isthmus::detail::layout_version,       0,
    isthmus::detail::take_slot_for_module, isthmus::detail::made_here_for_module,
    isthmus::detail::share_for_module,     isthmus::detail::nonce_for_module};
}

// The note: name size, content size, type, name, content. The content is the distance to the
// object.
__asm__(
    ".pushsection .note.isthmus, \"a\", %note\n"
    ".balign 4\n"
    ".long 8\n"
    ".long 4\n"
    ".long 1\n"
    ".ascii \"isthmus\\0\"\n"
    "1: .long isthmus_module_identity - 1b\n"
    ".popsection\n");

namespace isthmus::detail {
namespace {

/// The identity that a module's notes name, if one does.
module_identity* identity_in(const std::byte* notes, std::size_t size) noexcept {
  constexpr char name[] = "isthmus";
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) head{};
    std::memcpy(&head, notes, sizeof head);
    const std::size_t name_size = (std::size_t{head.n_namesz} + 3) / 4 * 4;
    const std::size_t content_size = (std::size_t{head.n_descsz} + 3) / 4 * 4;
    const std::size_t whole = sizeof head + name_size + content_size;
    if (whole > size) return nullptr;
    const std::byte* const content = notes + sizeof head + name_size;
    if (head.n_namesz == sizeof name && head.n_type == 1 && head.n_descsz == 4 &&
        std::memcmp(notes + sizeof head, name, sizeof name) == 0) {
      std::int32_t distance = 0;
      std::memcpy(&distance, content, sizeof distance);
      return std::bit_cast<module_identity*>(content + distance);
    }
    notes += whole;
    size -= whole;
  }
  return nullptr;
}

bool better(const module_identity& candidate, const module_identity* best) noexcept {
  if (candidate.version != layout_version) return false;
  if (best == nullptr) return true;
  const bool leads = candidate.leads.load() != 0;
  const bool best_leads = best->leads.load() != 0;
  return leads != best_leads ? leads : &candidate < best;
}

int visit(dl_phdr_info* info, std::size_t, void* result) {
  auto*& best = *static_cast<module_identity**>(result);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& part = info->dlpi_phdr[i];
    if (part.p_type != PT_NOTE) continue;
    const auto* const notes = std::bit_cast<const std::byte*>(info->dlpi_addr + part.p_vaddr);
    module_identity* const found = identity_in(notes, part.p_memsz);
    if (found != nullptr && better(*found, best)) best = found;
  }
  return 0;
}

/// A module that the others rely on must not be unloaded.
void keep_loaded(const void* address) noexcept {
  Dl_info info{};
  if (::dladdr(address, &info) != 0 && info.dli_fname != nullptr)
    ::dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace

module_identity& this_module() noexcept { return isthmus_module_identity; }

void stay_loaded() noexcept { keep_loaded(&isthmus_module_identity); }

module_identity& choose_leader() noexcept {
  module_identity* best = nullptr;
  ::dl_iterate_phdr(visit, &best);
  if (best == nullptr) best = &isthmus_module_identity;
  if (best->leads.exchange(1) == 0) keep_loaded(best);
  return *best;
}

}  // namespace isthmus::detail
