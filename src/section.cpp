// SPDX-License-Identifier: MIT
#include "section.hpp"

#include "failure.hpp"

#include <limits>
#include <string>
#include <utility>

namespace isthmus {

using detail::failure;

namespace {

constexpr access section_rights = access::read | access::write | access::copy | access::execute;

bool within(access rights, access all) noexcept { return includes(all, rights); }

/// The protections that pages can have (SEC-14): read, read|write, read|copy, each with execute.
bool legal_protection(access rights) noexcept {
  return within(rights, section_rights) && includes(rights, access::read) &&
         !includes(rights, access::write | access::copy);
}

bool check_protection(access rights, failure& why) {
  if (legal_protection(rights)) return true;
  why.set(errc::invalid_argument,
          "a section's access is read, read|write or read|copy, each also with execute");
  return false;
}

bool check_rights(access rights, failure& why) {
  if (within(rights, section_rights) && rights != access::none) return true;
  why.set(rights == access::none ? errc::access_denied : errc::invalid_argument,
          "a section's rights are read, write, copy and execute, at least one of them");
  return false;
}

constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();

detail::section_state* make(const section_options& options, detail::verb how, failure& why) {
  const auto name = detail::parse_name(options.name, options.scope, why);
  if (why || !check_protection(options.access, why)) return nullptr;
  if (options.size == 0 || options.size > largest) {
    why.set(errc::invalid_argument, options.size == 0 ? "a section of memory needs a size"
                                                      : "the size is 2^63 bytes or more");
    return nullptr;
  }
  return detail::make_section(
      {how, name, options.size, options.reserve, options.access, options.permissions}, why);
}

detail::section_state* make_of_file(const detail::file_source& file,
                                    const section_file_options& options, failure& why) {
  const auto name = detail::parse_name(options.name, options.scope, why);
  if (why || !check_protection(options.access, why)) return nullptr;
  if (options.size > largest) {
    why.set(errc::invalid_argument, "the size is 2^63 bytes or more");
    return nullptr;
  }
  return detail::make_file_section(
      file, {detail::verb::create, name, options.size, false, options.access, options.permissions},
      why);
}

detail::section_state* open_once(const section_open_options& options, failure& why) {
  const auto name = detail::parse_required_name(options.name, options.scope, why);
  if (why || !check_rights(options.access, why)) return nullptr;
  return detail::open_section(name, options.access, why);
}

detail::section_state* duplicate_of(const detail::section_state* from, access rights,
                                    failure& why) {
  if (from == nullptr) {
    why.set(errc::invalid_argument, "the section is empty (moved from or closed)");
    return nullptr;
  }
  if (!check_rights(rights, why)) return nullptr;
  auto* const made = detail::duplicate_section(*from, rights, why);
  if (made != nullptr) made->info.created = false;
  return made;
}

creator_info creator_of(const detail::section_state* from, failure& why) {
  if (from == nullptr) {
    why.set(errc::invalid_argument, "the section is empty (moved from or closed)");
    return {};
  }
  return detail::section_creator(*from, why);
}

}  // namespace

void detail::close_section::operator()(section_state* state) const noexcept {
  failure why;
  close_section_state(state, why);
}

section section::create(const section_options& options) {
  return detail::throwing("section::create", options.name, [&](failure& why) {
    return section(make(options, detail::verb::create, why));
  });
}

section section::create(const section_options& options, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return section(make(options, detail::verb::create, why)); });
}

section section::open_or_create(const section_options& options) {
  return detail::throwing("section::open_or_create", options.name, [&](failure& why) {
    return section(make(options, detail::verb::open_or_create, why));
  });
}

section section::open_or_create(const section_options& options, std::error_code& ec) noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return section(make(options, detail::verb::open_or_create, why)); });
}

section section::from_file(const std::filesystem::path& file, const section_file_options& options) {
  return detail::throwing("section::from_file", detail::text_of(file), [&](failure& why) {
    return section(make_of_file({&file, {}}, options, why));
  });
}

section section::from_file(const std::filesystem::path& file, const section_file_options& options,
                           std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return section(make_of_file({&file, {}}, options, why));
  });
}

section section::from_file(native_handle_type file, const section_file_options& options) {
  return detail::throwing("section::from_file", options.name, [&](failure& why) {
    return section(make_of_file({nullptr, file}, options, why));
  });
}

section section::from_file(native_handle_type file, const section_file_options& options,
                           std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return section(make_of_file({nullptr, file}, options, why));
  });
}

section section::open(const section_open_options& options) {
  return detail::throwing("section::open", options.name,
                          [&](failure& why) { return section(open_once(options, why)); });
}

section section::open(const section_open_options& options, std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) { return section(open_once(options, why)); });
}

section section::open_within(const section_open_options& options, std::chrono::nanoseconds limit) {
  return detail::throwing("section::open", options.name, [&](failure& why) {
    return section(
        detail::until_found(limit, why, [&](failure& w) { return open_once(options, w); }));
  });
}

section section::open_within(const section_open_options& options, std::chrono::nanoseconds limit,
                             std::error_code& ec) noexcept {
  return detail::reporting(ec, [&](failure& why) {
    return section(
        detail::until_found(limit, why, [&](failure& w) { return open_once(options, w); }));
  });
}

bool section::created() const noexcept { return state_ && state_->info.created; }

std::uint64_t section::size() const noexcept { return state_ ? state_->size : 0; }

section_backing section::backing() const noexcept {
  if (!state_) return section_backing::memory;
  return state_->file      ? section_backing::file
         : state_->reserve ? section_backing::reserved
                           : section_backing::memory;
}

std::string_view section::name() const noexcept {
  return state_ ? std::string_view(state_->info.name) : std::string_view();
}

isthmus::access section::access() const noexcept {
  return state_ ? state_->info.access : isthmus::access::none;
}

creator_info section::creator() const {
  return detail::throwing("section::creator", name(),
                          [&](failure& why) { return creator_of(state_.get(), why); });
}

creator_info section::creator(std::error_code& ec) const noexcept {
  return detail::reporting(ec, [&](failure& why) { return creator_of(state_.get(), why); });
}

section section::duplicate() const { return duplicate(access()); }

section section::duplicate(std::error_code& ec) const noexcept { return duplicate(access(), ec); }

section section::duplicate(isthmus::access rights) const {
  return detail::throwing("section::duplicate", name(), [&](failure& why) {
    return section(duplicate_of(state_.get(), rights, why));
  });
}

section section::duplicate(isthmus::access rights, std::error_code& ec) const noexcept {
  return detail::reporting(
      ec, [&](failure& why) { return section(duplicate_of(state_.get(), rights, why)); });
}

void section::close() {
  // Moved, not copied: closing takes no memory.
  const std::string closed = state_ ? std::move(state_->info.name) : std::string();
  detail::throwing("section::close", closed, [&](failure& why) {
    if (state_) detail::close_section_state(state_.release(), why);
  });
}

void section::close(std::error_code& ec) noexcept {
  detail::reporting(ec, [&](failure& why) {
    if (state_) detail::close_section_state(state_.release(), why);
  });
}

}  // namespace isthmus
