// SPDX-License-Identifier: MIT
#include "dispatcher.hpp"

#include "posix/names/audience.hpp"
#include "posix/owners/identity.hpp"
#include "posix/owners/owner.hpp"
#include "posix/owners/users.hpp"
#include "posix/process_waits.hpp"
#include "posix/system/fork.hpp"
#include "posix/system/no_cancel.hpp"
#include "posix/system/sleep.hpp"
#include "posix/waits/open_dispatcher.hpp"
#include "posix/waits/tsan.hpp"
#include "posix/words/counted.hpp"
#include "posix/words/latch.hpp"

#include <unistd.h>

namespace isthmus::detail {
namespace {

/// The first state of a new object.
bool begin(const dispatcher_request& request, blueprint& plan, failure& why) {
  plan.facts.kind = request.kind;
  plan.mode = request.mode == reset_mode::manual ? 1 : 0;
  switch (request.kind) {
    case kind::mutex:
      return !request.owned || (plan.owner = owner_of_new(why)) != 0;
    case kind::semaphore:
      plan.maximum = static_cast<std::uint32_t>(request.maximum);
      plan.word = static_cast<std::uint64_t>(request.count) * counted::one_permit;
      return true;
    default:
      if (request.set) plan.word = plan.mode != 0 ? latch::is_set : counted::one_permit;
      return true;
  }
}

/// Other users must be able to learn of our end before they can see that we own anything.
bool be_known(const parsed_name& name, failure& why) {
  return name.text.empty() || name.where != scope::global || share_own_records(why);
}

}  // namespace

dispatcher* handle_to_dispatcher(std::shared_ptr<body> object, access rights, bool created,
                                 failure& why) {
  if (!object) return nullptr;
  auto handle = std::make_unique<posix_dispatcher>();
  handle->info.name = object->name;
  handle->info.where = object->where();
  handle->info.access = rights;
  handle->info.created = created;
  handle->kind = object->facts.kind;
  handle->block = &object->block();
  handle->manual = object->facts.mode != 0;
  handle->maximum = object->facts.maximum;
  handle->user = object->dir ? object->dir->user : object->facts.creator_user;
  if (object->facts.abroad) {
    handle->user = user_abroad;
    if (enrolled_thread() == nullptr && !enter_late(*handle->block, user_abroad, why))
      return nullptr;
  } else if (has_users(object->block()) && !enter_users(object->block(), why)) {
    // They are those among whom records are looked for, of which this process needs none.
    if (why.code != errc::limit_exceeded || enrolled_thread() == nullptr) return nullptr;
    why.clear();
    do_without_place();
  }
  if (portable_engine) object->block().state.portable.store(1);
  handle->object = std::move(object);
  return handle.release();
}

dispatcher* make_dispatcher(const dispatcher_request& request, failure& why) {
  const no_cancel whole;
  blueprint plan;
  // The state before the gate: another copy of the library, which has a gate of its own, may be
  // asked for this thread's token.
  if (!check_permissions(request.permissions, why) || !be_known(request.name, why) ||
      !begin(request, plan, why))
    return nullptr;
  plan.file_mode = file_mode(request.permissions, request.kind, false);
  const hold_off_fork gate;
  bool created = request.name.text.empty();
  auto object = request.name.text.empty()
                    ? make_unnamed(plan, why)
                    : make_named(request.name, request.how, plan, created, why);
  return handle_to_dispatcher(std::move(object), dispatcher_rights, created, why);
}

dispatcher* open_dispatcher(detail::kind kind, const parsed_name& name, access rights,
                            failure& why) {
  if (!be_known(name, why)) return nullptr;
  return handle_to_dispatcher(open_named(name, kind, false, why), rights, false, why);
}

dispatcher* duplicate_dispatcher(const dispatcher& from, access rights, failure& why) {
  return handle_to_dispatcher(static_cast<const posix_dispatcher&>(from).object, rights, false,
                              why);
}

dispatcher* adopt_dispatcher(detail::kind kind, native_handle_type handle, access rights,
                             failure& why) {
  dispatcher* made = nullptr;
  {
    const hold_off_fork gate;
    made = handle_to_dispatcher(adopt(handle, kind, why), rights, false, why);
  }
  if (made == nullptr || made->info.where != scope::global || share_own_records(why)) return made;
  close_dispatcher_state(made, why);
  return nullptr;
}

creator_info dispatcher_creator(const dispatcher& from, failure& why) {
  if (from.kind == kind::process) {
    why.set(errc::not_supported, "a process is no object that has a creator");
    return {};
  }
  return creator_of(*static_cast<const posix_dispatcher&>(from).object);
}

native_handle_type dispatcher_handle(const dispatcher& from) noexcept {
  if (from.kind == kind::process) return process_handle(from);
  return static_cast<const posix_dispatcher&>(from).object->fd.get();
}

void close_dispatcher_state(dispatcher* state, failure&) noexcept {
  if (state != nullptr && state->kind == kind::process) return close_process(*state);
  delete static_cast<posix_dispatcher*>(state);
}

void* dispatcher_word(dispatcher& state) noexcept {
  // The end of a process has to be looked for.
  const bool at_hand =
      state.kind != kind::process && includes(state.info.access, access::wait) && !tsan::watches();
  if (!at_hand) return nullptr;
  if (state.kind != kind::mutex) return &state_of(state);
  // Other users may write into the page of a global one or one of theirs, and the short ways rely
  // on its word.
  const bool is_ours = state.info.where != scope::global &&
                       static_cast<const posix_dispatcher&>(state).user == ::geteuid();
  return is_ours ? &line_of(block_of(state)) : nullptr;
}

}  // namespace isthmus::detail
