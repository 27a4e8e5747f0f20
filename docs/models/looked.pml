/* SPDX-License-Identifier: MIT
 *
 * A set and a reset right after it, while waits for all sleep on the manual event.
 *
 * A wait for all that sleeps sees nothing of a set that is gone when it looks. So the set waits for
 * it: `all` holds how many sleepers were ever asked to look, and how many sleep now; `looked` how
 * many have looked. A signaller moves the sleepers over to the asked ones in one step, wakes them,
 * and waits until all who were asked have looked. A reset does the same first, because
 * it may come from another thread than the set; if there was a set in the meantime it begins again.
 *
 * Each `atomic` block that touches a shared word stands for one load or one successful
 * compare-and-swap.
 *
 * Bounds, to be set with -D: NW sleepers, the last of them with a time limit if LIMITED is 1; NS
 * signallers, each with ROUNDS times a set and a reset; DEATHS among all. Signallers wait without
 * end here; only after a death they may give up, as the library does after 50 ms.
 */
#ifndef NW
#define NW 2
#endif
#ifndef NS
#define NS 2
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef LIMITED
#define LIMITED 0
#endif
#ifndef DEATHS
#define DEATHS 0
#endif

bit is_set;
byte generation;
byte asked, sleepers; /* one word */
byte looked;

bit asleep[NW];

/* The ledger. */
bit waiting[NW];  /* has found nothing after it had added itself */
bit promised[NW]; /* there was a set since then */
byte deaths;
bit timed_out; /* time has passed since the last death */

#define MAY_DIE (deaths < DEATHS)

inline begin_step() {
  if
  :: MAY_DIE -> deaths++; goto die
  :: true
  fi
}

inline promise() {
  i = 0;
  do
  :: i < NW -> promised[i] = promised[i] || waiting[i]; i++
  :: else -> i = 0; break
  od
}

inline wake_all() {
  i = 0;
  do
  :: i < NW -> asleep[i] = 0; i++
  :: else -> i = 0; break
  od
}

proctype waiter(byte me) {
  byte seen, seen_sleepers;
  bit satisfied, is_late;
look:
  atomic {
    begin_step();
    if
    :: is_set -> goto done
    :: !is_set && LIMITED && me == NW - 1 -> goto done
    :: !is_set
    fi
  };
  atomic {
    begin_step();
    sleepers++;
    seen = asked;
    seen_sleepers = sleepers
  };
again:
  atomic {
    begin_step();
    if
    :: is_set -> satisfied = 1; goto subtract
    :: else -> waiting[me] = 1
    fi
  };
  atomic {
    begin_step();
    if
    :: asked != seen -> goto woken
    :: asked == seen && sleepers != seen_sleepers -> seen_sleepers = sleepers; goto again
    :: else -> asleep[me] = 1
    fi
  };
end_asleep:
  atomic {
    if
    :: !asleep[me]
    :: asleep[me] && MAY_DIE -> deaths++; goto die
    :: asleep[me] && LIMITED && me == NW - 1 -> asleep[me] = 0; is_late = 1
    fi
  };
woken:
  atomic {
    begin_step();
    satisfied = is_set;
    assert(deaths > 0 || satisfied || !promised[me])
  };
subtract: /* off the count; if a signaller has already asked us to look, tell it that we have */
  atomic {
    begin_step();
    waiting[me] = 0;
    promised[me] = 0;
    if
    :: asked == seen -> assert(sleepers > 0); sleepers--
#ifdef BUG_LEAVE_UNTOLD
    :: asked != seen && is_late -> goto done
#endif
    :: else ->
       if
       :: looked != asked -> looked++
       :: else -> assert(deaths > 0)
       fi
    fi;
    if
    :: satisfied || is_late -> goto done
    :: else -> seen = 0; seen_sleepers = 0; goto look
    fi
  };
die:
  atomic { asleep[me] = 0; waiting[me] = 0; promised[me] = 0 }
done:
  atomic { seen = 0; seen_sleepers = 0; satisfied = 0; is_late = 0 }
}

/* Asks all who sleep to look, and waits until everybody who was ever asked has looked. `looked` is
 * read before `asked`: if they are equal, nobody was behind when the first was read. The other way
 * round a later sleeper could make up for an earlier one that has not looked. */
inline settle() {
  atomic {
    begin_step();
#ifdef BUG_LOOKED_BY_COUNT
    target = looked + sleepers; /* "until it has grown by so many" */
#else
    target = asked + sleepers;
#endif
    n = sleepers;
    asked = asked + sleepers;
    sleepers = 0
  };
  if
  :: n > 0 ->
     atomic {
       begin_step();
       wake_all();
       n = 0
     }
  :: else
  fi;
#ifndef BUG_NO_SETTLE
#if defined(BUG_LOOKED_BY_COUNT) || defined(BUG_LOOKED_BY_TARGET)
  looked >= target;
#else
  do
  :: atomic {
       begin_step();
#ifdef BUG_ASKED_FIRST
       target = asked
#else
       target = looked
#endif
     };
     atomic {
#ifdef BUG_ASKED_FIRST
       if
       :: target == looked -> break
       :: target != looked
       fi
#else
       if
       :: target == asked -> break
       :: target != asked
       fi
#endif
     };
     atomic { /* looks again when something has changed; at last it gives up for all */
       if
       :: looked != target
       :: looked == target && looked == asked
       :: looked == target && looked != asked && MAY_DIE -> deaths++; goto die
       :: looked == target && looked != asked && timed_out -> looked = asked; break
       fi;
       target = 0
     }
  od;
#endif
  target = 0
#endif
}

proctype signaller() {
  byte round, i, n, target, seen;
  do
  :: round < ROUNDS ->
     atomic {
       begin_step();
       round++;
       if
       :: !is_set -> is_set = 1; generation++; promise(); n = 1
       :: else -> n = 0
       fi
     };
     if
     :: n -> n = 0; settle()
     :: else
     fi;
again:
     atomic {
       begin_step();
       seen = generation
     };
#ifndef BUG_RESET_AT_ONCE
     settle();
#endif
     atomic {
       begin_step();
       if
       :: generation == seen -> is_set = 0
       :: else -> goto again
       fi
     }
  :: else -> goto done
  od;
die:
done:
  atomic { round = 0; n = 0; target = 0; seen = 0 }
}

/* Moves only when nobody else can. After deaths, time passes: sleeps end, and signallers give up. */
active proctype quiet() {
  byte i;
end_quiet:
  do
  :: timeout ->
     atomic {
       if
       :: deaths > 0 && !timed_out -> timed_out = 1; wake_all()
       :: else ->
          i = 0;
          do
          :: i < NW -> assert(!asleep[i] || !is_set); i++
          :: else -> i = 0; break
          od;
          assert(deaths > 0 || looked == asked);
          break
       fi
     }
  od
}

init {
  byte n;
  atomic {
    do
    :: n < NW -> run waiter(n); n++
    :: else -> n = 0; break
    od;
    do
    :: n < NS -> run signaller(); n++
    :: else -> n = 0; break
    od
  }
}
