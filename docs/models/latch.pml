/* SPDX-License-Identifier: MIT
 *
 * The word of manual events.
 *
 *     is_set       what a newcomer asks
 *     generation   moves with every set and every pulse: it tells one who has waited for long that
 *                  there was a set, even if a reset came before it could look
 *     sleepers     somebody may be asleep: a set or a pulse has to wake
 *     guard        a wait for several objects has reserved the word: no reset, no pulse
 *
 * Each `atomic` block that touches the word stands for one load, or for one compare-and-swap that
 * succeeded. The futex compares is_set, guard and generation; `sleepers` is in the other half.
 *
 * Bounds, to be set with -D: NW waiters, the last of them with a time limit if LIMITED; NS signallers
 * with ROUNDS operations each, out of set, reset and pulse; GUARDIAN; DEATHS among all. SET_RESET:
 * each signaller does nothing but a set with a reset right after it.
 */
#ifndef NW
#define NW 3
#endif
#ifndef NS
#define NS 2
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif
#ifndef DEATHS
#define DEATHS 0
#endif

bit is_set, sleepers, guard;
byte generation;
#define LOW (is_set + 2 * guard + 4 * generation)

bit asleep[NW];
bit sliced[NW];

/* The ledger. */
bit waiting[NW];  /* has read the word at entry, and found nothing */
bit promised[NW]; /* a set or a pulse came while it was waiting */
byte deaths, slices;

#define MAY_DIE (deaths < DEATHS)

/* What Windows would do at a set or a pulse: release everybody who waits at that moment. */
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
  byte first, seen;
  bit late;
  atomic {
    if
    :: is_set -> goto satisfied
    :: else -> waiting[me] = 1; first = generation
    fi
  }
look:
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
#ifdef LIMITED
    if
    :: me == NW - 1 -> late = 1
    :: true
    fi;
#endif
    if
#ifdef BUG_NO_LAST_LOOK
    :: late -> assert(!promised[me]); goto done
#endif
#ifdef BUG_NO_GENERATION
    :: is_set ->
#else
    :: is_set || generation != first ->
#endif
       assert(is_set || promised[me]); /* no return without a reason */
       goto satisfied
    :: else ->
       if
       :: late -> assert(!promised[me]); goto done
       :: else
       fi
    fi;
#ifdef BUG_MARK_BLIND
  };
  atomic { /* marks whatever is there now, and sleeps on that */
    sleepers = 1;
#else
    sleepers = 1;
#endif
    seen = LOW
  }
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    if
    :: LOW == seen -> asleep[me] = 1; seen = 0
    :: else -> seen = 0; goto look
    fi
  }
end_asleep:
  atomic {
    if
    :: !asleep[me] -> sliced[me] = 0; goto look
    :: asleep[me] && MAY_DIE -> deaths++; goto die
#ifdef LIMITED
    :: asleep[me] && me == NW - 1 -> asleep[me] = 0; late = 1; goto look
#endif
    fi
  }
satisfied:
  goto done;
die:
  asleep[me] = 0;
done:
  atomic { waiting[me] = 0; promised[me] = 0; first = 0; late = 0 }
}

proctype signaller() {
  byte round, i;
  bit must_wake;
  do
  :: round < ROUNDS ->
     atomic {
       round++;
       if
       :: MAY_DIE -> deaths++; goto done
       :: true
       fi;
       if
       :: true -> /* set */
          if
          :: is_set -> goto given
          :: else
          fi;
          is_set = 1;
#ifndef SET_RESET
#ifdef BUG_RESET_GUARDED
       :: is_set = 0; goto given
#endif
       :: !guard -> is_set = 0; goto given /* reset */
       :: !guard -> is_set = 0 /* pulse */
#endif
       fi;
       generation++;
       must_wake = sleepers;
#ifndef BUG_CLEAR_SLEEPERS_LATER
       sleepers = 0;
#endif
       promise()
     };
     if
     :: must_wake ->
        atomic {
          if
          :: MAY_DIE -> deaths++; goto done
          :: true
          fi;
          wake_all();
          must_wake = 0
        }
#ifdef BUG_CLEAR_SLEEPERS_LATER
        ;atomic { sleepers = 0 }
#endif
     :: else
     fi;
given:
     skip;
#ifdef SET_RESET
     atomic { !guard -> is_set = 0 }
#endif
  :: else -> break
  od;
done:
  atomic { round = 0; must_wake = 0 }
}

#ifdef GUARDIAN
active proctype guardian() {
  atomic { !guard -> guard = 1 };
  if
  :: is_set -> atomic { assert(is_set); guard = 0 } /* it takes nothing, but it relies on this */
  :: guard = 0
  fi
}
#endif

/* Moves only when nobody else can. Nobody may sleep then who was promised, or while it is set;
 * after deaths one slice for each must be enough. */
#define OWED(n) (n < NW && asleep[(n < NW -> n : 0)] && (is_set || promised[(n < NW -> n : 0)]))
active proctype quiet() {
  byte i;
end_quiet:
  do
  :: timeout ->
     atomic {
       if
       :: OWED(0) || OWED(1) || OWED(2) || OWED(3) ->
          assert(slices < deaths);
          slices++;
          i = 0;
          do
          :: i < NW -> sliced[i] = asleep[i]; asleep[i] = 0; i++
          :: else -> i = 0; break
          od
       :: else -> break
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
