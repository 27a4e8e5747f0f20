// SPDX-License-Identifier: MIT
//
// Formatters for {fmt}. Opt-in: whoever includes this header needs fmt; the library itself keeps it
// to itself.
//
//     fmt::print("{} is {}\n", guard, guard.lock());   // mutex "orders.guard" is signaled
#pragma once

#include <isthmus/access.hpp>
#include <isthmus/error.hpp>
#include <isthmus/event.hpp>
#include <isthmus/mutex.hpp>
#include <isthmus/name.hpp>
#include <isthmus/section.hpp>
#include <isthmus/semaphore.hpp>
#include <isthmus/timer.hpp>
#include <isthmus/waitable.hpp>

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
struct fmt::formatter<isthmus::reset_mode> : fmt::formatter<std::string_view> {
  auto format(isthmus::reset_mode value, fmt::format_context& context) const {
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

namespace isthmus::detail {
/// `mutex "orders.guard"`
template <class T>
struct named_formatter : fmt::formatter<std::string_view> {
  auto write(std::string_view kind, const T& value, fmt::format_context& context) const {
    const auto text = !value                 ? fmt::format("empty {}", kind)
                      : value.name().empty() ? std::string(kind)
                                             : fmt::format("{} \"{}\"", kind, value.name());
    return fmt::formatter<std::string_view>::format(text, context);
  }
};
}  // namespace isthmus::detail

template <>
struct fmt::formatter<isthmus::mutex> : isthmus::detail::named_formatter<isthmus::mutex> {
  auto format(const isthmus::mutex& value, fmt::format_context& context) const {
    return write("mutex", value, context);
  }
};

template <>
struct fmt::formatter<isthmus::semaphore> : isthmus::detail::named_formatter<isthmus::semaphore> {
  auto format(const isthmus::semaphore& value, fmt::format_context& context) const {
    return write("semaphore", value, context);
  }
};

template <>
struct fmt::formatter<isthmus::event> : isthmus::detail::named_formatter<isthmus::event> {
  auto format(const isthmus::event& value, fmt::format_context& context) const {
    return write("event", value, context);
  }
};

template <>
struct fmt::formatter<isthmus::timer> : isthmus::detail::named_formatter<isthmus::timer> {
  auto format(const isthmus::timer& value, fmt::format_context& context) const {
    return write("timer", value, context);
  }
};
