// SPDX-License-Identifier: MIT
//
// The word of semaphores, automatic events and automatic timers: permits, and who has been promised
// one.
//
//     bits  0– 8  W      registered waiters                bit  24     any    one of them waits for
//     bits  9–17  G      grants that none has claimed yet                     several objects
//     bits 18–23  stamp  counts grants                     bits 25–30  epoch  counts take-backs
//     bits 32–    count  permits that anybody may take     bit  31     guard  a wait for all has
//                        (events, timers: one bit)                            reserved it
//     bits 33–41  P      events: grants made by pulse
//     bit  42     again  events: set once more while reserved
//     bit  43     pulse  events: there for the waits for all that have been called (give.hpp), as
//     bits 47–63  call   often as this
//     bits 44–45         events: what is reserved was a pulse's grant, or the pulse
//     bit  46, or 63     events, semaphores: what is reserved was any other grant, and is nobody
//                        else's: it counts against no maximum
//
//     step       when                   what                  by whom
//     take       count > 0, no guard    count-1 (and W-1)     anybody
//     enter      count = 0              W+1                   whoever is about to sleep; of waits
//                                                             for all those that find W > 0
//     give n     n <= maximum - count   k = min(n, W-G) to    release, set, expiry; wakes k
//                                       G, stamp moves; the
//                                       rest to count
//     claim      granted since entered  W-1, G-1              a registered waiter
//     leave      registered             W-1; a grant left     one whose time is up, or who has
//                                       over goes to the      got another object
//                                       next one (stamp
//                                       moves) or to count
//     take back  unclaimed grants       W = the firm ones,    the giver, a sleeper
//                                       G for those, the
//                                       rest to count; epoch
//                                       moves, stamp if G > 0
//     reset      no guard               count = 0             reset, arm
//     pulse      no guard               count = 0, G+1 if     pulse
//                                       W > G, else `pulse`
//                                       if waits for all
//                                       sleep, which it calls
//     end        no guard               no `pulse`            pulse, when those have looked
//     guard      count > 0              guard                 holder of the guard lock
//     reserve    granted since entered  guard, count+1,       the same, if it is registered
//                                       W-1, G-1
//     reserve    `pulse`, and called    guard, count+1        the same
//     take       guard                  no guard, count-1     the holder; a mender
//                                       (+1 for `again`)
//     set free   guard                  no guard; a pulse     the holder; a mender
//                                       that was reserved is
//                                       one again
//
// After the last two as much of count goes to G as there are waiters without a grant.
//
// Always: G <= W, and count > 0 only if W = G or what is there is reserved: nobody registered goes
// empty-handed while there are permits. A grant is for those who had registered when it was made:
// that is what `stamp` tells, so a newcomer, the giver itself for one, cannot have it (EVT-02,
// SEM-06). A waiter that is registered in an older epoch is not any more, and enters anew; unless
// its registration is firm (firm.hpp).
#pragma once

#include <algorithm>
#include <cstdint>

namespace isthmus::detail::counted {

/// What tells the kinds apart.
struct rules {
  std::uint32_t mask;     ///< the count's bits, from bit 32 on
  std::uint32_t maximum;  ///< of the count
  bool pulses;            ///< P is in use
  std::uint64_t promise;  ///< the mark of a reserved grant; 0: there is none
};
inline constexpr rules for_event{1, 1, true, std::uint64_t{1} << 46};
inline constexpr rules for_timer{1, 1, false, 0};
constexpr rules for_semaphore(std::uint32_t maximum) noexcept {
  return {0x7FFFFFFF, maximum, false, std::uint64_t{1} << 63};
}

inline constexpr std::uint32_t most_waiters = 511;
inline constexpr std::uint64_t one_waiting = 1;
inline constexpr std::uint64_t one_granted = std::uint64_t{1} << 9;
inline constexpr std::uint64_t any = std::uint64_t{1} << 24;
inline constexpr std::uint64_t guard = std::uint64_t{1} << 31;
inline constexpr std::uint64_t one_permit = std::uint64_t{1} << 32;
inline constexpr std::uint64_t again = std::uint64_t{1} << 42;
inline constexpr std::uint64_t pulse_for_all = std::uint64_t{1} << 43;
inline constexpr std::uint64_t was_grant = std::uint64_t{1} << 44;
inline constexpr std::uint64_t was_pulse = std::uint64_t{1} << 45;
inline constexpr std::uint64_t last_call = ~std::uint64_t{0} << 47;

constexpr std::uint32_t waiting(std::uint64_t word) noexcept { return word & 511; }
constexpr std::uint32_t granted(std::uint64_t word) noexcept { return word >> 9 & 511; }
constexpr std::uint32_t stamp(std::uint64_t word) noexcept { return word >> 18 & 63; }
constexpr std::uint32_t epoch(std::uint64_t word) noexcept { return word >> 25 & 63; }
constexpr std::uint32_t pulsed(std::uint64_t word) noexcept { return word >> 33 & 511; }
constexpr std::uint32_t count(std::uint64_t word, const rules& of) noexcept {
  return static_cast<std::uint32_t>(word >> 32) & of.mask;
}
/// Those that are not a grant which somebody has reserved.
constexpr std::uint32_t free_count(std::uint64_t word, const rules& of) noexcept {
  const std::uint32_t all = count(word, of);
  return all != 0 && (word & of.promise) != 0 ? all - 1 : all;
}

namespace parts {

constexpr std::uint64_t replaced(std::uint64_t word, unsigned at, std::uint64_t mask,
                                 std::uint64_t value) noexcept {
  return (word & ~(mask << at)) | (value & mask) << at;
}
constexpr std::uint64_t with_count(std::uint64_t word, const rules& of,
                                   std::uint32_t value) noexcept {
  return replaced(word, 32, of.mask, value);
}
constexpr std::uint64_t with_pulsed(std::uint64_t word, std::uint32_t value) noexcept {
  return replaced(word, 33, 511, value);
}
/// `n` permits more. What would go beyond the maximum is dropped: an event is set once. But it may
/// be about to be taken: then it is set once more, for afterwards.
constexpr std::uint64_t with_more(std::uint64_t word, const rules& of, std::uint64_t n) noexcept {
  // An event's count cannot be more, reserved or not; nor can the largest number.
  const bool full = of.maximum == of.mask;
  const std::uint32_t used = full ? count(word, of) : free_count(word, of);
  const std::uint32_t room = of.maximum - std::min(of.maximum, used);
  if (n > room && of.pulses && (word & guard) != 0) word |= again;
  return with_count(word, of,
                    count(word, of) + static_cast<std::uint32_t>(std::min<std::uint64_t>(n, room)));
}
/// Whoever was stopped while registrations were voided 64 times takes itself to be registered: no
/// borrow then.
constexpr std::uint64_t one_gone(std::uint64_t word) noexcept {
  word -= waiting(word) != 0 ? one_waiting : 0;
  return waiting(word) == 0 ? word & ~any : word;
}
/// A grant that was claimed or came back may have been a pulse's.
constexpr std::uint64_t one_grant_less(std::uint64_t word, const rules& of) noexcept {
  word -= one_granted;
  return of.pulses ? with_pulsed(word, std::min(pulsed(word), granted(word))) : word;
}

}  // namespace parts

/// Whoever is registered may claim from now on; sleepers look again.
constexpr std::uint64_t next_stamp(std::uint64_t word) noexcept {
  return parts::replaced(word, 18, 63, stamp(word) + 1);
}

/// May anybody take a permit?
constexpr bool takeable(std::uint64_t word, const rules& of) noexcept {
  return count(word, of) != 0 && (word & guard) == 0;
}
/// Is there neither a permit, nor what may still become one: a reservation or a grant?
constexpr bool empty(std::uint64_t word, const rules& of) noexcept {
  return (word & (std::uint64_t{of.mask} << 32 | guard | 511 * one_granted)) == 0;
}
/// Is nobody registered? Then whatever is given is for anybody.
constexpr bool unwaited(std::uint64_t word) noexcept {
  return (word & (511 * (one_granted | one_waiting))) == 0;
}
constexpr std::uint64_t take(std::uint64_t word, bool registered) noexcept {
  word -= one_permit;
  return registered ? parts::one_gone(word) : word;
}

/// May a waiter register? If not, and it cannot take either, it looks again soon.
constexpr bool enterable(std::uint64_t word, const rules& of) noexcept {
  return count(word, of) == 0 && waiting(word) < most_waiters;
}
constexpr std::uint64_t enter(std::uint64_t word, bool several) noexcept {
  return (word + one_waiting) | (several ? any : 0);
}

constexpr std::uint64_t claim(std::uint64_t word, const rules& of) noexcept {
  return parts::one_gone(parts::one_grant_less(word, of));
}

/// How many of `n` permits go to waiters.
constexpr std::uint32_t grants_of(std::uint64_t word, std::uint32_t n) noexcept {
  return std::min(n, waiting(word) - std::min(waiting(word), granted(word)));
}
constexpr std::uint64_t give(std::uint64_t word, const rules& of, std::uint32_t n) noexcept {
  const std::uint32_t k = grants_of(word, n);
  const std::uint64_t more = parts::with_more(word, of, n - k) + k * one_granted;
  return k != 0 ? next_stamp(more) : more;
}

constexpr std::uint64_t reset(std::uint64_t word, const rules& of) noexcept {
  return parts::with_count(word, of, 0) &
         (of.pulses ? ~(pulse_for_all | last_call) : ~std::uint64_t{0});
}
/// `all_sleep`: waits for all do, of whom so many had been `called` before.
constexpr std::uint64_t pulse(std::uint64_t word, const rules& of, bool all_sleep,
                              std::uint32_t called) noexcept {
  word = reset(word, of);
  if (grants_of(word, 1) != 0)
    return next_stamp(parts::with_pulsed(word, pulsed(word) + 1) + one_granted);
  return all_sleep ? word | pulse_for_all | std::uint64_t{called} << 47 : word;
}
constexpr std::uint64_t end_pulse(std::uint64_t word) noexcept {
  return word & ~(pulse_for_all | last_call);
}
/// Whether there is a pulse for those who came to sleep when so many had been called: not for any
/// who came since.
constexpr bool pulsed_for(std::uint64_t word, std::uint32_t called) noexcept {
  return (word & pulse_for_all) != 0 && word >> 47 == (called & (last_call >> 47));
}

/// Whoever is registered, and may have a grant or a pulse, reserves that. Only if there is no
/// permit that anybody may take.
constexpr std::uint64_t reserve_grant(std::uint64_t word, const rules& of) noexcept {
  const bool a_pulse = of.pulses && pulsed(word) >= granted(word);
  word = parts::with_more(claim(word, of), of, 1) | guard;
  return word | (a_pulse ? was_grant : of.promise);
}
constexpr std::uint64_t reserve_pulse(std::uint64_t word, const rules& of) noexcept {
  return (parts::with_more(word, of, 1) & ~pulse_for_all) | guard | was_pulse;
}

namespace parts {

/// Permits that are there go to those first who have registered.
constexpr std::uint64_t handed_on(std::uint64_t word, const rules& of) noexcept {
  const std::uint32_t k = grants_of(word, count(word, of));
  if (k == 0) return word;
  return next_stamp(with_count(word, of, count(word, of) - k) + k * one_granted);
}
/// A pulse that was reserved is one again. What was set meanwhile stays.
constexpr std::uint64_t with_pulse_again(std::uint64_t word, const rules& of) noexcept {
  word = with_count(word, of, (word & again) != 0 ? 1 : 0);
  if ((word & was_pulse) != 0) return word | pulse_for_all;
  if (grants_of(word, 1) == 0) return word;
  return next_stamp(with_pulsed(word, pulsed(word) + 1) + one_granted);
}
constexpr std::uint64_t marks(const rules& of) noexcept {
  return guard | of.promise | (of.pulses ? again | was_grant | was_pulse : 0);
}
constexpr std::uint64_t at_most(std::uint64_t word, const rules& of) noexcept {
  return with_count(word, of, std::min(count(word, of), of.maximum));
}

}  // namespace parts

/// The holder of the guard lock: what it takes, or sets free, of what it has reserved.
constexpr std::uint64_t take_reserved(std::uint64_t word, const rules& of) noexcept {
  const bool once_more = of.pulses && (word & again) != 0;
  if (of.pulses && (word & was_pulse) != 0) word &= ~last_call;
  word &= ~parts::marks(of);
  return parts::at_most(parts::handed_on(once_more ? word : take(word, false), of), of);
}
constexpr std::uint64_t set_free(std::uint64_t word, const rules& of) noexcept {
  const bool twice = of.pulses && (word & again) != 0 && (word & of.promise) != 0;
  if (of.pulses && (word & (was_grant | was_pulse)) != 0) word = parts::with_pulse_again(word, of);
  word = parts::handed_on(word & ~parts::marks(of), of);
  return parts::at_most(twice ? give(word, of, 1) : word, of);
}
/// An event that was set when it was reserved: having been set once more since then is nothing new.
constexpr bool set_in_vain(std::uint64_t word, const rules& of) noexcept {
  return of.pulses && (word & again) != 0 && (word & (of.promise | was_grant | was_pulse)) == 0;
}

/// `entitled`: a grant was made since this waiter registered.
constexpr std::uint64_t leave(std::uint64_t word, const rules& of, bool entitled) noexcept {
  const bool a_pulse = of.pulses && pulsed(word) != 0;
  word = parts::one_gone(word);
  if (granted(word) <= waiting(word))
    return entitled && granted(word) != 0 ? next_stamp(word) : word;
  word -= one_granted;
  if (a_pulse) return parts::with_pulsed(word, pulsed(word) - 1);
  return parts::with_more(word, of, 1);
}

/// `firm`: how many registrations stay. Grants are theirs first, a pulse's among them.
constexpr std::uint64_t take_back(std::uint64_t word, const rules& of,
                                  std::uint32_t firm) noexcept {
  const std::uint32_t staying = std::min(firm, waiting(word));
  const std::uint32_t kept = std::min(granted(word), staying);
  const std::uint32_t pulses = of.pulses ? std::min(pulsed(word), granted(word)) : 0;
  const std::uint32_t lost = pulses - std::min(pulses, kept);
  word = parts::with_more(word, of, granted(word) - kept - lost);
  if (of.pulses) word = parts::with_pulsed(word, pulses - lost);
  word &= ~(any | (one_granted - one_waiting) | 511 * one_granted);
  word = parts::replaced(word, 25, 63, epoch(word) + 1) | staying | kept * one_granted;
  return kept != 0 ? next_stamp(word) : word;
}

}  // namespace isthmus::detail::counted
