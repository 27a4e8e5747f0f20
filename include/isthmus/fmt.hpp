// SPDX-License-Identifier: MIT
//
// Formatters for {fmt}. Opt-in: whoever includes this header needs fmt; the library itself keeps it
// to itself.
//
//     fmt::print("{} is {}\n", guard, guard.lock());   // mutex "orders.guard" is signaled
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/error.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/name.hpp>
#include <isthmus/section.hpp>
#include <isthmus/wait.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>

template <>
struct fmt::formatter<isthmus::errc> : fmt::formatter<std::string_view> {
  auto format(isthmus::errc value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(isthmus::to_string(value), context);
  }
};

template <>
struct fmt::formatter<isthmus::scope> : fmt::formatter<std::string_view> {
  auto format(isthmus::scope value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(isthmus::to_string(value), context);
  }
};

template <>
struct fmt::formatter<isthmus::wait_status> : fmt::formatter<std::string_view> {
  auto format(isthmus::wait_status value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(isthmus::to_string(value), context);
  }
};

template <>
struct fmt::formatter<isthmus::access> : fmt::formatter<std::string_view> {
  auto format(isthmus::access value, fmt::format_context& context) const {
    return fmt::formatter<std::string_view>::format(isthmus::to_string(value), context);
  }
};

template <>
struct fmt::formatter<isthmus::section> : fmt::formatter<std::string_view> {
  auto format(const isthmus::section& value, fmt::format_context& context) const {
    const auto text = !value ? std::string("empty section")
                      : value.name().empty()
                          ? fmt::format("section of {} bytes", value.size())
                          : fmt::format("section \"{}\" of {} bytes", value.name(), value.size());
    return fmt::formatter<std::string_view>::format(text, context);
  }
};

template <>
struct fmt::formatter<isthmus::mutex> : fmt::formatter<std::string_view> {
  auto format(const isthmus::mutex& value, fmt::format_context& context) const {
    const auto text = !value                 ? std::string("empty mutex")
                      : value.name().empty() ? std::string("mutex")
                                             : fmt::format("mutex \"{}\"", value.name());
    return fmt::formatter<std::string_view>::format(text, context);
  }
};
