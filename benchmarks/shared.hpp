// SPDX-License-Identifier: MIT
#pragma once

#include <isthmus/section.hpp>
#include <isthmus/view.hpp>

#include <memory>

namespace bench {

/// An object of a peer in memory that processes share: ours, which a forked one has as well.
template <class T>
class shared {
 public:
  shared() { std::construct_at(&get()); }
  ~shared() { std::destroy_at(&get()); }
  shared(const shared&) = delete;
  shared& operator=(const shared&) = delete;

  T& get() noexcept { return *reinterpret_cast<T*>(view_.data()); }

 private:
  isthmus::view view_ = isthmus::view::map(isthmus::section::create({.size = sizeof(T)}));
};

}  // namespace bench
