/* SPDX-License-Identifier: MIT
 *
 * The word of semaphores and automatic events.
 *
 *     count   permits that anybody may take          W   waiters that have registered
 *     G       permits that are promised to them      stamp, epoch, guard: see below
 *
 * Each `atomic` block that touches the word stands for one load, or for one compare-and-swap that
 * succeeded; one that fails has seen nothing but a fresher value. Between any two blocks everybody
 * else may move, and those who are mortal may die.
 *
 *   stamp   moves whenever something is promised. A waiter may claim only if the stamp has moved
 *           since it registered: what was promised before that belongs to older waiters.
 *   epoch   moves when promises are taken back. It makes all registrations void.
 *   guard   a wait for several objects has reserved the word: giving is possible, taking is not.
 *
 * Bounds, to be set with -D: NW waiters, NR releasers with ROUNDS releases of 1 to MOST permits
 * each, MAX (EVENT: a release at MAX does nothing), LEAVER the number of a waiter that may give up
 * (ANY: because it got another object), DEATHS among the NW + NR processes, SLICES the number of
 * sleeps that may end by themselves at any time, LINER (the number of a waiter that is a wait for all in
 * line: it reserves its grant, and then takes it, sets it free, or dies), GUARDIAN, RESETTER, HAND_OVER (the last waiter is a
 * newcomer, and the one setter sets ROUNDS times as soon as the others are asleep; with
 * ONLY_REGISTERED as soon as one is asleep and the others are registered), PATIENT (a releaser takes
 * nothing back from the living, however long it has to look), ALL_DEAD (no release before all waiters are
 * dead). The BUG_ switches are faults that have to be found.
 */
#ifndef NW
#define NW 3
#endif
#ifndef NR
#define NR 2
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef MOST
#define MOST 1
#endif
#ifndef MAX
#define MAX 3
#endif
#ifndef LEAVER
#define LEAVER 99
#endif
#ifndef LINER
#define LINER 99
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef SLICES
#define SLICES 0
#endif
#ifndef FIRST
#define FIRST 0 /* permits at the start */
#endif

byte count = FIRST;
byte W, G, stamp, epoch;
bit guard;
bit guard_dead; /* whoever has reserved it has died */

/* What the futex compares: the low half of the word, which is all but the count. */
#define LOW (W + 8 * G + 64 * stamp + 1024 * epoch + 16384 * guard)

bit asleep[NW]; /* in the kernel's queue */
bit sliced[NW]; /* the sleep ended by itself, without a wake */
bit registered[NW];
byte stamp_of[NW]; /* as the waiter saw them when it registered */
byte epoch_of[NW];

#define MINE(i) (registered[i] && epoch_of[i] == epoch)
#define ELIGIBLE(i) (MINE(i) && stamp_of[i] != stamp)
#define AT(i, what) ((i) < NW && what(((i) < NW -> (i) : 0)))

#define SLEEPS(i) (asleep[i])
#define SLEEPERS (AT(0, SLEEPS) + AT(1, SLEEPS) + AT(2, SLEEPS) + AT(3, SLEEPS))

/* The ledger: nothing the code has, only what the checks need. */
byte released = FIRST;
byte taken, dropped, cleared;
byte deaths, buried, slices, late;
bit served[NW];
byte take_backs;
byte sets; /* HAND_OVER: how many sets have happened */
byte ended; /* releasers that are through */

#define REGISTERED (AT(0, MINE) + AT(1, MINE) + AT(2, MINE) + AT(3, MINE))
#define ELIGIBLES (AT(0, ELIGIBLE) + AT(1, ELIGIBLE) + AT(2, ELIGIBLE) + AT(3, ELIGIBLE))

inline check() {
  assert(released == taken + count + G + dropped + cleared); /* every permit is somewhere */
  assert(G <= W);
  assert(count == 0 || W == G || (guard && LINER < NW)); /* nobody registered goes empty-handed */
  assert(W == REGISTERED);      /* the dead still count: nobody knows of them */
  assert(G <= ELIGIBLES);       /* each promise can be claimed */
  assert(count <= MAX)
}

/* Any sleepers, in any order: the kernel promises none. */
inline wake(most) {
  woke = 0;
  do
  :: woke < most && asleep[0] -> asleep[0] = 0; woke++
  :: NW > 1 && woke < most && asleep[(NW > 1 -> 1 : 0)] -> asleep[(NW > 1 -> 1 : 0)] = 0; woke++
  :: NW > 2 && woke < most && asleep[(NW > 2 -> 2 : 0)] -> asleep[(NW > 2 -> 2 : 0)] = 0; woke++
  :: NW > 3 && woke < most && asleep[(NW > 3 -> 3 : 0)] -> asleep[(NW > 3 -> 3 : 0)] = 0; woke++
  :: else -> break
  od
}

inline give_back(n) {
  if
  :: count + (n) > MAX -> dropped = dropped + count + (n) - MAX; count = MAX
  :: else -> count = count + (n)
  fi
}

/* What is set free is for those first who have registered. k: how many. */
inline hand_on() {
  k = (count < W - G -> count : W - G);
#ifdef BUG_NO_HAND_ON
  k = 0;
#endif
  count = count - k;
  G = G + k;
  if
  :: k > 0 -> stamp++
  :: else
  fi
}

inline forget(i) {
  registered[i] = 0;
  stamp_of[i] = 0;
  epoch_of[i] = 0
}

inline take_back() {
#ifdef BUG_LOSE_GRANTS
  skip;
#else
  give_back(G);
#endif
  W = 0;
  G = 0;
#ifndef BUG_KEEP_EPOCH
  epoch++;
#endif
  take_backs++;
  check()
}

#define MAY_DIE (deaths < DEATHS)

proctype waiter(byte i) {
  int seen;
  bit was_woken, at_slice, was_eligible;
  byte woke, k;
#ifdef HAND_OVER
  if
  :: i == NW - 1 -> sets >= ROUNDS /* the last waiter comes when all is promised */
  :: else
  fi;
#endif
look:
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: i == LEAVER -> goto leave
    :: true
    fi;
#ifdef BUG_TAKE_BEFORE_CLAIM
    if
    :: MINE(i) && count > 0 && !guard ->
       count--; W--; forget(i); taken++; served[i] = 1; check(); goto done
    :: else
    fi;
#endif
    if
    :: i == LINER && ELIGIBLE(i) && G > 0 && !guard ->
       W--; G--; forget(i); count++; guard = 1; check(); goto reserved
#ifdef BUG_NO_STAMP
    :: i != LINER && MINE(i) && G > 0 ->
#else
    :: i != LINER && ELIGIBLE(i) && G > 0 ->
#endif
       W--; G--; forget(i); taken++; served[i] = 1; check(); goto done
    :: else
    fi;
    if
#ifdef BUG_TAKE_GUARDED
    :: count > 0 ->
#else
    :: count > 0 && !guard ->
#endif
       assert(!MINE(i)); /* it could have claimed: see `check` */
       count--; forget(i); taken++; served[i] = 1; check(); goto done
#ifdef BUG_REGISTER_BLIND
    :: true -> goto blind /* it saw no permit some time ago */
#endif
#ifndef BUG_TAKE_GUARDED
    :: count > 0 && guard -> goto guarded
#endif
    :: count == 0 && at_slice && G > 0 -> take_back(); goto wake_everybody
    :: count == 0 && !(at_slice && G > 0) && MINE(i)
    :: count == 0 && !(at_slice && G > 0) && !MINE(i) ->
       W++; registered[i] = 1; stamp_of[i] = stamp; epoch_of[i] = epoch; check()
    fi;
    seen = LOW;
    at_slice = 0;
    if
#ifndef BUG_EAT_WAKE
    :: was_woken && G > 0 && !ELIGIBLE(i) -> was_woken = 0; goto pass_on_and_sleep
#endif
    :: else -> was_woken = 0; goto sleep
    fi
  }
#ifdef BUG_REGISTER_BLIND
blind:
  atomic {
    W++; registered[i] = 1; stamp_of[i] = stamp; epoch_of[i] = epoch;
    seen = LOW;
    goto sleep
  }
#endif
guarded: /* asks again every few milliseconds, so nobody needs to wake it */
  atomic {
    if
    :: !guard || count == 0 -> goto look
    :: guard && guard_dead -> guard = 0; guard_dead = 0; hand_on(); check(); goto tell
    :: MAY_DIE -> deaths++; goto die
    fi
  }
reserved:
  atomic {
    if
    :: MAY_DIE -> deaths++; guard_dead = 1; goto die
    :: true
    fi;
    if
    :: true -> count--; taken++; served[i] = 1; guard = 0; hand_on(); check(); at_slice = 1
    :: true -> guard = 0; hand_on(); check(); at_slice = 1 /* another object is missing */
    fi
  }
tell: /* those who have been handed something; what at_slice means here: then it ends */
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    if
    :: k > 0 -> wake(k)
    :: else
    fi;
    k = 0; woke = 0;
    if
    :: at_slice -> goto done
    :: else -> goto look
    fi
  }
pass_on_and_sleep:
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    wake(1)
  }
sleep:
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    if
    :: LOW == seen -> asleep[i] = 1; seen = 0; woke = 0; was_eligible = 0
    :: else -> seen = 0; woke = 0; goto look
    fi
  }
end_asleep:
  atomic {
    if
    :: !asleep[i] && !sliced[i] -> was_woken = 1; goto look
    :: !asleep[i] && sliced[i] -> sliced[i] = 0; at_slice = 1; goto look
    :: asleep[i] && MAY_DIE -> deaths++; goto die
    :: asleep[i] && i == LEAVER -> asleep[i] = 0; goto leave
    :: asleep[i] && late < SLICES -> late++; asleep[i] = 0; at_slice = 1; goto look
    fi
  }
wake_everybody:
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    wake(NW);
    at_slice = 0;
    goto look
  }
leave:
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    was_eligible = ELIGIBLE(i);
    if
#ifndef ANY
    :: was_eligible && G > 0 -> /* its time is up, but it was served in time */
       W--; G--; forget(i); taken++; served[i] = 1; check(); goto done
    :: MINE(i) && !(was_eligible && G > 0) ->
#else
    :: MINE(i) ->
#endif
       W--;
       forget(i);
       if
#ifndef BUG_LEAVE_GRANT
       :: G > W -> G--; give_back(1)
#endif
#ifndef BUG_NO_REISSUE
       :: G <= W && was_eligible && G > 0 -> stamp++
#endif
       :: else
       fi;
       check()
    :: !MINE(i) -> forget(i)
    fi;
    if
#ifndef BUG_NO_PASS_ON
    :: G > 0
#endif
    :: else -> goto done
    fi
  }
  atomic {
    if
    :: MAY_DIE -> deaths++; goto die
    :: true
    fi;
    wake(1);
    goto done
  }
die: /* until it is off the queue, a wake may still come its way, and is lost */
  atomic { asleep[i] = 0; buried++ }
done:
  atomic {
    seen = 0; was_woken = 0; at_slice = 0; was_eligible = 0; woke = 0; k = 0
  }
}

proctype releaser() {
  byte round, n, k, woke, stamp_then, epoch_then;
#ifdef ALL_DEAD
  buried == DEATHS;
#endif
  do
  :: round < ROUNDS ->
#ifdef HAND_OVER
#ifdef ONLY_REGISTERED
     if
     :: round == 0 -> W >= NW - 1 && asleep[0] /* the others need not be asleep yet */
     :: else
     fi;
#else
     if
     :: round == 0 -> SLEEPERS >= NW - 1
     :: else
     fi;
#endif
#endif
     atomic {
       if
       :: MAY_DIE -> deaths++; goto done
       :: true
       fi;
       round++;
       n = 1;
       if
       :: MOST > 1 -> n = 2
       :: true
       fi;
       if
#ifdef EVENT
       :: count == MAX && W == G -> n = 0; sets++
       :: else ->
#else
       :: n > MAX - count -> n = 0
       :: else ->
#endif
          sets++;
          k = (n < W - G -> n : W - G);
#ifdef BUG_FLAG_ONLY
          k = 0;
#endif
          released = released + n;
          G = G + k;
          count = count + n - k;
          if
          :: k > 0 -> stamp++
          :: else
          fi;
          stamp_then = stamp;
          epoch_then = epoch;
#ifndef BUG_FLAG_ONLY
          check()
#endif
       fi
     };
     if
#ifdef BUG_FLAG_ONLY
     :: n > 0 -> atomic { wake(n); k = 0 }
#else
     :: n > 0 && k > 0 ->
        atomic {
          if
          :: MAY_DIE -> deaths++; goto done
          :: true
          fi;
          wake(k)
        };
        if
#ifndef BUG_NO_TAKE_BACK
        :: woke < k ->
           atomic { /* it has looked for a while, and this is its last look */
             if
             :: MAY_DIE -> deaths++; goto done
             :: true
             fi;
             if
             :: G == 0 || stamp != stamp_then || epoch != epoch_then -> woke = k
#ifdef PATIENT
             :: G > 0 && stamp == stamp_then && epoch == epoch_then && deaths > 0 -> take_back()
#else
             :: else -> take_back()
#endif
             fi
           };
           if
           :: woke < k ->
              atomic {
                if
                :: MAY_DIE -> deaths++; goto done
                :: true
                fi;
                wake(NW)
              }
           :: else
           fi
#endif
        :: else
        fi
#endif
     :: else
     fi
  :: else -> break
  od;
#ifdef ALL_DEAD
  atomic { /* the last release to return has found out by itself that nobody is there */
    assert(ended < NR - 1 || (G == 0 && W == 0 && count + dropped == released))
  };
#endif
#ifdef HAND_OVER
  atomic { /* the setter itself tries, without waiting */
#ifdef ONLY_REGISTERED
    assert(dropped == 0) /* each set found the event unset, or a waiter without a promise */
#else
    assert(count == 0)
#endif
  };
#endif
done:
  atomic {
    ended++;
    n = 0; k = 0; woke = 0; round = 0; stamp_then = 0; epoch_then = 0
  }
}

#ifdef GUARDIAN
active proctype guardian() {
  if
  :: atomic { count > 0 && !guard -> guard = 1 };
     if
     :: atomic { assert(count > 0); count--; guard = 0; taken++; check() }
     :: atomic { guard = 0 }
     fi
  :: true
  fi
}
#endif

#ifdef RESETTER
active proctype resetter() {
  if
#ifdef BUG_RESET_GUARDED
  :: atomic { true -> cleared = cleared + count; count = 0; check() }
#else
  :: atomic { !guard -> cleared = cleared + count; count = 0; check() }
#endif
  :: true
  fi
}
#endif

/* Moves only when nobody else can. Without deaths nobody may then sleep while a permit is there.
 * With deaths one slice for each must be enough. */
active proctype quiet() {
  byte i;
end_quiet:
  do
  :: timeout ->
     atomic {
       if
       :: SLEEPERS > 0 && count + G > 0 ->
          assert(slices < deaths);
          slices++;
          i = 0;
          do
          :: i < NW -> sliced[i] = asleep[i]; asleep[i] = 0; i++
          :: else -> i = 0; break
          od
       :: else ->
          if
          :: deaths == 0 -> assert(G == 0 && W == SLEEPERS && ended == NR)
          :: else
          fi;
#ifdef HAND_OVER
          assert(served[0] && served[1] && served[NW - 2] && !served[NW - 1]);
#endif
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
    :: n < NR -> run releaser(); n++
    :: else -> n = 0; break
    od
  }
}
