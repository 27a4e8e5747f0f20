/* SPDX-License-Identifier: MIT
 *
 * Waits for all of several objects: a counted one, C, and a mutex, M.
 *
 * A wait for all takes the guard lock of each object in one order, marks the object as guarded, and
 * looks at it again. With all of them guarded and available it sets its journal, `op`, and takes
 * them one by one; each taking also clears the mark. Whoever finds the holder of a guard lock dead
 * takes the lock over, and applies the taking in the dead one's name if its journal says so.
 *
 * One that cannot succeed sleeps on the word `all` of one object that is missing: a sequence and the
 * number of sleepers. It adds itself, looks again, and sleeps if the word has not moved. Who makes
 * the object available replaces the word by the next sequence without sleepers, and wakes them.
 *
 * Each `atomic` block that touches a shared word stands for one load or one successful
 * compare-and-swap. Actors: waits for all (1 to NA), a plain taker of both objects one after the
 * other (3), a giver (4), who owns M at first if HELD, and the sweeper (5), a plain taker who comes
 * when all is quiet.
 *
 * Bounds, to be set with -D: NA, FIRST (the count of C at the start, 0 or 1), HELD, NO_TAKER,
 * NO_GIVER, SLEEP (else a wait for all that cannot succeed gives up), DEATHS among the waits for all,
 * the taker and the giver.
 */
#ifndef NA
#define NA 2
#endif
#ifndef FIRST
#define FIRST 1
#endif
#ifndef DEATHS
#define DEATHS 0
#endif

#define C 0
#define M 1
#define TAKER 3
#define GIVER 4
#define SWEEPER 5

byte count = FIRST;
byte owner;
bit marked;   /* the mutex' WAITERS */
bit guard[2]; /* in the words of C and M */
byte holder[2]; /* of the guard locks */
bit apply[2];   /* beside the holder: the dead one before it had begun to take */
bit op[6];
byte sequence[2];
byte sleepers[2];

bit asleep[3];
byte where[3]; /* on whose `all` */
byte watched[3]; /* the owner whose end also wakes */

/* The ledger. */
bit dead[6];
byte deaths, slices;
byte guarded_by[2];
bit took[12]; /* actor * 2 + object, from the first taking of a wait to its last */
bit sweep;

#define MAY_DIE (deaths < DEATHS && me != SWEEPER)
#define AVAILABLE_C (count > 0)
#define AVAILABLE_M (owner == 0 || dead[owner])
#define AVAILABLE(o) ((o) == C && AVAILABLE_C || (o) == M && AVAILABLE_M)

/* Half a wait is visible only if the object that it lacks is not guarded, or no more for it. */
#define HALF(who) (took[2 * (who)] != took[2 * (who) + 1])
#define MISSING(who) (took[2 * (who)] -> M : C)
#define WHOLE(who) (!HALF(who) || guard[MISSING(who)] && guarded_by[MISSING(who)] == (who))
inline check() {
  assert(WHOLE(1) && WHOLE(2));
  assert(!guard[C] || holder[C] != 0);
  assert(!guard[M] || holder[M] != 0);
  assert(count <= 1)
}

inline die() {
  deaths++;
  dead[me] = 1
}

/* One compare-and-swap: takes in the name of `name` and clears the mark. */
inline take_guarded(o, name) {
  assert(guard[o] && holder[o] == me);
  who = guarded_by[o];
  if
  :: o == C -> assert(AVAILABLE_C); count--
  :: else -> assert(AVAILABLE_M); owner = name
  fi;
  guard[o] = 0;
  guarded_by[o] = 0;
  took[2 * who + o] = 1;
  if
  :: took[2 * who] && took[2 * who + 1] -> took[2 * who] = 0; took[2 * who + 1] = 0
  :: else
  fi;
  who = 0
}

/* Locks the guard lock of `o`. A dead holder's work is finished first. */
inline lock_guard(o) {
  atomic {
    if
    :: holder[o] == 0 -> holder[o] = me; apply[o] = 0; repairs = 0
    :: holder[o] != 0 && dead[holder[o]] ->
       repairs = 1;
#ifdef BUG_FORGET_REPAIR
       apply[o] = op[holder[o]];
#else
       apply[o] = apply[o] || op[holder[o]];
#endif
       former = holder[o];
       holder[o] = me
    :: MAY_DIE -> die(); goto gone
    fi
  };
  if
  :: repairs ->
     atomic {
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       if
       :: guard[o] && apply[o] -> take_guarded(o, former)
       :: guard[o] && !apply[o] -> guard[o] = 0; guarded_by[o] = 0
       :: else
       fi;
#ifndef BUG_KEEP_APPLY
       apply[o] = 0;
#endif
       former = 0;
       repairs = 0;
       check()
     }
  :: else
  fi
}

inline unlock_guard(o) {
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    assert(holder[o] == me);
    holder[o] = 0;
    apply[o] = 0
  }
}

/* Wakes all who sleep on the word `all` of `o`. */
inline wake_all(o) {
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
#ifndef BUG_NO_WAKE
    if
    :: sleepers[o] > 0 ->
       sequence[o]++;
       sleepers[o] = 0
    :: else -> goto_wake = 0
    fi
#endif
  };
  atomic {
    if
    :: goto_wake ->
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       if
       :: asleep[1] && where[1] == o -> asleep[1] = 0
       :: else
       fi;
       if
       :: asleep[2] && where[2] == o -> asleep[2] = 0
       :: else
       fi
    :: else
    fi;
    goto_wake = 0
  }
}

inline release() {
  goto_wake = 0;
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    if
    :: count == 0 -> count = 1; goto_wake = 1
    :: else
    fi;
    check()
  };
  if
  :: goto_wake -> wake_all(C)
  :: else
  fi
}

inline unlock() {
  goto_wake = 0;
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    assert(owner == me);
    owner = 0;
    goto_wake = marked;
    marked = 0;
    check()
  };
  if
  :: goto_wake -> wake_all(M)
  :: else
  fi
}

/* A plain attempt without a time limit on guards, and without patience otherwise. */
inline try(o) {
  do
  :: atomic {
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       if
       :: !AVAILABLE(o) -> has = 0; break
#ifdef BUG_TAKE_GUARDED
       :: AVAILABLE(o) ->
#else
       :: AVAILABLE(o) && !guard[o] ->
#endif
          if
          :: o == C -> count--
          :: else -> owner = me
          fi;
          has = 1;
          check();
          break
#ifndef BUG_TAKE_GUARDED
       :: AVAILABLE(o) && guard[o]
#endif
       fi
     };
     atomic { /* guarded: waits while the holder of the guard lock lives */
       if
       :: !guard[o] -> repairs = 0
       :: guard[o] && dead[holder[o]] -> repairs = 1
       fi
     };
     if
     :: repairs -> lock_guard(o); unlock_guard(o)
     :: else
     fi
  od
}

proctype wait_all(byte me) {
  byte i, o, n, seen, seen_sleepers, former, who;
  bit repairs, goto_wake, first;
look:
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    if
    :: !AVAILABLE_C -> o = C; goto missing
    :: else
    fi
  };
  atomic {
    if
    :: !AVAILABLE_M -> o = M; goto missing
    :: else
    fi
  };
  first = 0;
#ifdef BUG_LIST_ORDER
  first = me - 1;
#endif
  n = 0;
  do
  :: n < 2 ->
     o = n ^ first;
     lock_guard(o);
     atomic {
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       assert(holder[o] == me && !guard[o]);
       guard[o] = 1;
       guarded_by[o] = me;
       n++
     };
     atomic {
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       if
       :: AVAILABLE(o)
       :: else -> goto back_out
       fi
     };
#ifdef BUG_PIECEMEAL
     atomic { take_guarded(o, me); check() }
     unlock_guard(o);
#endif
  :: else -> break
  od;
#ifndef BUG_PIECEMEAL
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
#ifndef BUG_NO_JOURNAL
    op[me] = 1
#endif
  };
  i = 0;
  do
  :: i < 2 ->
     atomic {
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       take_guarded(i, me);
       check()
     };
#ifdef BUG_JOURNAL_EARLY
     op[me] = 0;
#endif
     unlock_guard(i);
     i++
  :: else -> break
  od;
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    op[me] = 0; i = 0; n = 0; o = 0; first = 0
  };
#endif
  if
  :: release(); unlock()
  :: unlock(); release()
  fi;
  goto gone;

back_out:
  i = 0;
  do
  :: i < n ->
     atomic {
       if
       :: MAY_DIE -> die(); goto gone
       :: true
       fi;
       assert(holder[i ^ first] == me);
       guard[i ^ first] = 0;
       guarded_by[i ^ first] = 0;
       check()
     };
     unlock_guard(i ^ first);
     i++
  :: else -> break
  od;
  atomic { i = 0; n = 0; first = 0 }
  goto missing;

missing:
#ifndef SLEEP
  goto gone;
#else
  atomic {
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
#ifdef BUG_LOOK_THEN_ADD
    if
    :: AVAILABLE(o) -> goto look
    :: else
    fi
  };
  atomic {
#endif
#ifdef BUG_MARK_FIRST
    if
    :: o == M && !AVAILABLE_M -> watched[me] = owner; marked = 1
    :: else -> watched[me] = 0
    fi
  };
  atomic {
#endif
    sleepers[o]++;
    seen = sequence[o];
    seen_sleepers = sleepers[o]
  };
again:
  atomic { /* looks again; a mutex gets its mark in the same step */
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
#ifndef BUG_LOOK_THEN_ADD
    if
    :: AVAILABLE(o) -> goto subtract
    :: !AVAILABLE(o) && o == C
    :: !AVAILABLE(o) && o == M ->
#ifndef BUG_MARK_FIRST
       watched[me] = owner;
       marked = 1
#endif
    fi
#else
    if
    :: o == M -> watched[me] = owner; marked = 1
    :: else
    fi
#endif
  };
  atomic { /* what the kernel does: compares both words, and sleeps */
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    if
    :: dead[watched[me]] -> watched[me] = 0; goto subtract
    :: !dead[watched[me]] && sequence[o] != seen -> watched[me] = 0; goto subtract
    :: !dead[watched[me]] && sequence[o] == seen && sleepers[o] != seen_sleepers ->
       seen_sleepers = sleepers[o]; /* one more sleeper, or one fewer: no reason to add again */
       goto again
    :: else -> asleep[me] = 1; where[me] = o
    fi
  };
end_asleep:
  atomic {
    if
    :: !asleep[me]
    :: asleep[me] && dead[watched[me]] -> asleep[me] = 0
    :: asleep[me] && MAY_DIE -> asleep[me] = 0; die(); goto gone
    fi;
    watched[me] = 0;
    where[me] = 0
  };
subtract:
  atomic { /* takes itself off the count, unless a signaller has done so */
    if
    :: MAY_DIE -> die(); goto gone
    :: true
    fi;
    if
#ifndef BUG_SUBTRACT_BLIND
    :: sequence[o] == seen -> assert(sleepers[o] > 0); sleepers[o]--
#else
    :: sleepers[o] > 0 -> sleepers[o]--
#endif
    :: else
    fi;
    seen = 0;
    seen_sleepers = 0;
    o = 0;
    goto look
  };
#endif
gone:
  atomic {
    i = 0; o = 0; n = 0; seen = 0; seen_sleepers = 0; repairs = 0; goto_wake = 0; first = 0;
    former = 0
  }
}

proctype plain(byte me) {
  byte former, who;
  bit repairs, goto_wake, has, order;
  if
  :: me == SWEEPER -> sweep
  :: else ->
     if
     :: order = 0
     :: order = 1
     fi
  fi;
  if
  :: order == 0 ->
     try(C);
     if
     :: has && me != SWEEPER -> release()
     :: else
     fi
  :: else
  fi;
  try(M);
  if
  :: has && me != SWEEPER -> unlock()
  :: else
  fi;
  if
  :: order == 1 ->
     try(C);
     if
     :: has -> release()
     :: else
     fi
  :: else
  fi;
gone:
  atomic { repairs = 0; goto_wake = 0; has = 0; order = 0; former = 0 }
}

proctype giver(byte me) {
  bit goto_wake;
#ifdef HELD
  if
  :: release(); unlock()
  :: unlock(); release()
  fi;
#else
  release();
#endif
gone:
  goto_wake = 0
}

/* Moves only when nobody else can. Nobody may sleep then while both objects are there; after deaths
 * one slice for each must be enough. At the very end the sweeper comes, and nothing stays guarded. */
active proctype quiet() {
end_quiet:
  do
  :: timeout ->
     atomic {
       if
       :: (asleep[1] || asleep[2]) && AVAILABLE_C && AVAILABLE_M ->
          assert(slices < deaths);
          slices++;
          asleep[1] = 0;
          asleep[2] = 0
       :: else ->
          assert(deaths > 0 || !guard[C] && !guard[M]);
          assert(deaths > 0 || op[1] + op[2] == 0);
          if
          :: !sweep -> sweep = 1
          :: else ->
             /* A mark on what is not there anyway harms nobody; it goes with the next taker. */
             assert(!(guard[C] && AVAILABLE_C) && !(guard[M] && AVAILABLE_M));
             assert(!HALF(1) && !HALF(2));
             break
          fi
       fi
     }
  od
}

init {
  atomic {
#ifdef HELD
    owner = GIVER;
#endif
    run wait_all(1);
    if
    :: NA > 1 -> run wait_all(2)
    :: else
    fi;
#ifndef NO_TAKER
    run plain(TAKER);
#endif
#ifndef NO_GIVER
    run giver(GIVER);
#endif
    run plain(SWEEPER)
  }
}
