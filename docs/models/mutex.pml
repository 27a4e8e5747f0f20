/* SPDX-License-Identifier: MIT
 *
 * The word of a mutex as a robust futex, with the kernel as one who may mark it at any step: at the
 * death of a thread it looks at what the thread has in its list, and at `pending`, and marks each
 * word that has the thread's number. It knows no more than the number, and two threads of different
 * PID namespaces can have the same (SAME_NUMBER). Then the door is needed (DOOR).
 *
 * Each `atomic` block that touches a shared word stands for one load, one successful
 * compare-and-swap or one system call. What only the thread itself and the kernel see (the list,
 * `pending`) is in a step of its own wherever a death in between makes a difference.
 *
 * Bounds, to be set with -D: NT threads, each with ROUNDS times lock and unlock; DEATHS among all.
 * A sleep ends by itself once for each death of one who had been woken and had not taken the mutex
 * yet, or who had unlocked it and not woken anybody before another one had taken it; and for nothing
 * else.
 */
#ifndef NT
#define NT 3
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef DEATHS
#define DEATHS 0
#endif

#ifdef SAME_NUMBER
#define number(t) ((t) / 2) /* the first two have the same */
#else
#define number(t) (t)
#endif
#define nobody NT

/* The mutex's word, and the door's. */
byte owner = nobody;
bit dead, waiters;
byte keeper = nobody;
bit keeper_dead;

bit asleep[NT];

/* What the kernel has of each thread. */
bit listed[NT];        /* the mutex is in its list */
bit listed_door[NT];   /* the door is */
mtype = { nothing, mutex, door };
mtype pending[NT] = nothing;

/* The ledger. */
byte inside;   /* how many living threads own the mutex */
bit died[NT];
byte deaths, slices;
byte stolen; /* wakes that went to one who died before it took the mutex */

#define MAY_DIE (deaths < DEATHS)

inline begin_step() {
  if
  :: MAY_DIE -> deaths++; goto die
  :: true
  fi
}

inline wake_one() {
  if
  :: asleep[0] -> asleep[0] = 0
  :: NT > 1 && asleep[1 % NT] -> asleep[1 % NT] = 0
  :: NT > 2 && asleep[2 % NT] -> asleep[2 % NT] = 0
  :: else
  fi
}

/* From now on it takes itself for the owner. */
inline go_in() {
  inside++;
  assert(inside == 1);
  in = 1;
  was_woken = 0
}

/* The kernel's step at a word that a dead thread had. */
inline mark_mutex(t) {
  if
  :: owner != nobody && !dead && number(owner) == number(t) ->
     dead = 1;
     if
     :: waiters -> wake_one()
     :: else
     fi
  :: else
  fi
}
inline mark_door(t) {
  if
  :: keeper != nobody && !keeper_dead && number(keeper) == number(t) -> keeper_dead = 1
  :: else
  fi
}

proctype thread(byte me) {
  byte round, seen;
  bit seen_dead, seen_waiters, slept, was_woken, in;
  bit owes; /* a wake */
again:
  do
  :: round < ROUNDS ->
look:
     atomic {
       begin_step();
       seen = owner;
       seen_dead = dead;
       seen_waiters = waiters;
       if
       :: seen == nobody || seen_dead
       :: else -> goto block
       fi
     };
#ifdef DOOR
     atomic {
       begin_step();
       pending[me] = door
     };
     atomic {
       begin_step();
       if
       :: keeper == nobody || (keeper_dead && !(owner == keeper && !dead)) ->
          keeper = me; keeper_dead = 0
       :: else -> pending[me] = nothing; goto wait_door
       fi
     };
     atomic {
       begin_step();
       listed_door[me] = 1; pending[me] = nothing
     };
#endif
#ifndef BUG_UNANNOUNCED
     atomic {
       begin_step();
#if defined(DOOR) && !defined(BUG_PENDING_BEHIND_DOOR)
       listed[me] = 1 /* in front of the door: the kernel comes to it first */
#else
       pending[me] = mutex
#endif
     };
#endif
     atomic { /* free or dead -> me */
       begin_step();
       if
       :: owner == seen && dead == seen_dead && waiters == seen_waiters ->
          assert(owner == nobody || died[owner]); /* abandoned is never said of the living */
          owner = me; dead = 0; waiters = waiters || slept;
#ifndef DOOR
          go_in()
#endif
       :: else ->
          pending[me] = nothing;
          listed[me] = 0;
          goto changed
       fi
     };
#ifdef DOOR
     atomic { /* somebody may have come through the door meanwhile, because it was marked falsely */
       begin_step();
       if
       :: keeper == me -> go_in()
       :: else -> goto undo
       fi
     };
#endif
     atomic {
       begin_step();
       listed[me] = 1; pending[me] = nothing
     };

     /* The owner at work; then it unlocks. */
#if !defined(DOOR) || defined(BUG_PENDING_BEHIND_DOOR)
     atomic {
       begin_step();
       pending[me] = mutex
     };
     atomic {
       begin_step();
       listed[me] = 0
     };
#endif
     atomic { /* me, W? -> free */
       begin_step();
       assert(owner == me && !dead);
       owner = nobody;
       inside--;
       in = 0;
       owes = waiters;
       waiters = 0;
#ifdef BUG_DONE_BEFORE_WAKE
       pending[me] = nothing
#endif
     };
     atomic {
       begin_step();
       if
       :: owes -> wake_one()
       :: else
       fi;
       owes = 0
     };
     atomic {
       begin_step();
       pending[me] = nothing; listed[me] = 0
     };
#ifdef DOOR
     atomic {
       begin_step();
       pending[me] = door; listed_door[me] = 0
     };
     atomic {
       begin_step();
       if
       :: keeper == me -> keeper = nobody; keeper_dead = 0
       :: else
       fi
     };
     atomic {
       begin_step();
       pending[me] = nothing
     };
#endif
     atomic { round++; slept = 0; seen = 0; seen_dead = 0; seen_waiters = 0 }
  :: else -> goto done
  od;

#ifdef DOOR
undo: /* the word as it was before */
  atomic {
    begin_step();
    if
    :: owner == me && !dead ->
       owner = seen; dead = seen_dead;
       if
       :: waiters && !seen_waiters && !slept -> waiters = 0; wake_one()
       :: else -> waiters = seen_waiters
       fi
    :: else
    fi
  };
  atomic {
    begin_step();
    pending[me] = nothing; listed[me] = 0
  };
#endif
changed: /* gives the door back, and looks again */
#ifdef DOOR
  atomic {
    begin_step();
    pending[me] = door; listed_door[me] = 0
  };
  atomic {
    begin_step();
    if
    :: keeper == me -> keeper = nobody; keeper_dead = 0
    :: else
    fi
  };
  atomic {
    begin_step();
    pending[me] = nothing
  };
#endif
  goto look;

wait_door: /* until something has changed */
  atomic {
    (keeper == nobody || (keeper_dead && !(owner == keeper && !dead)) ||
     (owner != nobody && !dead)) -> goto look
  };

block:
  atomic { /* live -> live, W */
    begin_step();
    if
    :: owner == seen && dead == seen_dead && owner != nobody && !dead -> waiters = 1
    :: else -> goto look
    fi
  };
  atomic { /* sleeps only if the word is still the same */
    begin_step();
    if
    :: owner == seen && !dead && waiters -> asleep[me] = 1; was_woken = 0
    :: else -> goto look
    fi
  };
end_asleep:
  atomic {
    if
    :: !asleep[me] -> was_woken = 1
    :: asleep[me] && MAY_DIE -> deaths++; asleep[me] = 0; goto die
    fi;
    slept = 1;
    goto look
  };

die: /* the kernel looks at the list, then at `pending` */
  atomic {
    asleep[me] = 0;
    died[me] = 1;
    inside = inside - in;
    stolen = stolen + was_woken
  };
  atomic {
    if
    :: listed[me] ->
       if
       :: owner == nobody || owner != me -> stolen = stolen + owes
       :: else
       fi;
       mark_mutex(me)
    :: else
    fi
  };
  atomic {
    if
    :: listed_door[me] -> mark_door(me)
    :: else
    fi
  };
  atomic {
    if
    :: pending[me] == mutex ->
       if
       :: owner == nobody -> wake_one()
       :: else -> stolen = stolen + owes; mark_mutex(me)
       fi
    :: pending[me] == door -> mark_door(me)
    :: else
    fi
  };
done:
  atomic {
    round = 0; seen = 0; seen_dead = 0; seen_waiters = 0; slept = 0; was_woken = 0;
    in = 0; owes = 0
  }
}

/* Moves only when nobody else can. Sleeps end by themselves where a wake went to one who died. */
active proctype quiet() {
  byte i;
end_quiet:
  do
  :: timeout ->
     atomic {
       if
       :: slices < stolen ->
          slices++;
          i = 0;
          do
          :: i < NT -> asleep[i] = 0; i++
          :: else -> i = 0; break
          od
       :: else ->
          i = 0;
          do
          :: i < NT ->
             assert(!asleep[i] || (owner != nobody && !dead && !died[owner]));
             i++
          :: else -> i = 0; break
          od;
          break
       fi
     }
  od
}

init {
  byte n;
  atomic {
    do
    :: n < NT -> run thread(n); n++
    :: else -> n = 0; break
    od
  }
}
