/* SPDX-License-Identifier: MIT
 *
 * How waits for all decide: the guard and the commit of two objects, and the kernel, which marks
 * them when their holder dies. See src/posix/waits/guard.hpp.
 *
 * A taker locks the guard of each object, clears its commit, and reserves the object. With both
 * reserved it writes itself into both commits, and puts them into its list in the guards' stead, in
 * one step. Then it takes each object and lets go of its guard and its commit. When it dies, the
 * kernel marks what is in its list, one word after the other; whoever meets a guard may look in
 * between. Whoever finds the holder dead takes the guard over, and takes the object in the dead
 * one's name, or sets it free, as the two words of this object say.
 *
 * Each `atomic` block that touches a shared word stands for one load, store or successful
 * compare-and-swap. Actors: takers (1 to NT); the sweeper (NT + 1), who locks both guards when all
 * is quiet, and so mends what is left.
 *
 * Bounds, to be set with -D: NT, DEATHS, FIRST (permits of each object at the start).
 */
#ifndef NT
#define NT 2
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef FIRST
#define FIRST 2
#endif

#ifdef BUG_COMMIT_IS_DEATH
#define MENDER_DEAD (seen_dead || committed)
#else
#define MENDER_DEAD seen_dead
#endif

#define SWEEPER (NT + 1)
#define ALL (NT + 2)

byte permits[2] = FIRST;
bit reserved[2];   /* the guard mark in the object's word */
byte guard[2];     /* its holder; 0: nobody */
bit guard_dead[2]; /* the kernel's mark beside it */
bit apply[2];      /* T */
byte commit[2];
bit commit_dead[2];

/* What the kernel has of each, the guards and the commits of both objects. */
bit guards_listed[10];  /* actor * 2 + object */
bit commits_listed[10];

/* The ledger. */
byte deaths;
bit dead[5];
byte reserved_by[2];
bit took[10]; /* actor * 2 + object */
bit sweep;

#define AT(who, o) (2 * (who) + (o))
#define MAY_DIE (deaths < DEATHS && me != SWEEPER)

/* One step, before which this one may die. */
#define STEP if :: MAY_DIE -> goto died :: true fi

/* Takes the reserved object in the name of whoever has reserved it. */
inline take_in_name(o) {
  assert(reserved[o] && permits[o] > 0);
  permits[o]--;
  reserved[o] = 0;
  took[AT(reserved_by[o], o)] = 1;
  reserved_by[o] = 0
}

/* Until the guard of `o` is this one's. What a dead holder left is mended. */
inline lock_guard(o) {
  taken = 0;
  do
  :: taken -> break
  :: else ->
     /* One look at the guard, then one at the commit. */
     atomic {
       STEP;
       (guard[o] == 0 || guard_dead[o] || commit_dead[o]);
       seen = guard[o];
       seen_dead = guard_dead[o];
       seen_apply = apply[o]
     };
     atomic {
       STEP;
#ifdef BUG_ANY_COMMIT
       committed = commit_dead[o];
#else
       committed = commit_dead[o] && commit[o] == seen;
#endif
       if
       :: seen_apply -> taking = 1; fate = MENDER_DEAD
       :: else -> taking = committed; fate = seen_dead || committed
       fi
     };
     if
     :: seen == 0 ->
        atomic {
          STEP;
          if
          :: guard[o] == 0 -> guard[o] = me; guard_dead[o] = 0; apply[o] = 0;
                              guards_listed[AT(me, o)] = 1; taken = 1; mends = 0
          :: else
          fi
        }
     :: seen != 0 && fate ->
        atomic {
          STEP;
          if
          :: guard[o] == seen && guard_dead[o] == seen_dead && apply[o] == seen_apply ->
             guard[o] = me; guard_dead[o] = 0;
#ifndef BUG_NO_APPLY
             apply[o] = taking;
#endif
             guards_listed[AT(me, o)] = 1; taken = 1; mends = 1
          :: else
          fi
        }
     :: else
     fi
  od;
  if
  :: !mends || !taking ->
#ifndef BUG_STALE_COMMIT
     atomic { STEP; commit[o] = 0; commit_dead[o] = 0 }
#else
     skip
#endif
  :: else
  fi;
  if
  :: mends ->
     atomic {
       STEP;
       if
       :: reserved[o] && taking -> take_in_name(o)
       :: reserved[o] && !taking -> reserved[o] = 0; reserved_by[o] = 0
       :: else
       fi
     };
     if
     :: taking ->
        atomic { STEP; commit[o] = 0; commit_dead[o] = 0 };
        atomic { STEP; apply[o] = 0 }
     :: else
     fi
  :: else
  fi;
  mends = 0; taking = 0; fate = 0; committed = 0; seen = 0; seen_dead = 0; seen_apply = 0
}

inline unlock_guard(o) {
  atomic { STEP; assert(guard[o] == me); guard[o] = 0; apply[o] = 0 };
  atomic { STEP; guards_listed[AT(me, o)] = 0 }
}

inline set_free(o) {
  atomic { STEP; reserved[o] = 0; reserved_by[o] = 0 };
  unlock_guard(o)
}

inline reserve(o) {
  atomic {
    STEP;
    got = permits[o] > 0 && !reserved[o];
    if
    :: got -> reserved[o] = 1; reserved_by[o] = me
    :: else
    fi
  }
}

inline finish(o) {
  atomic { STEP; assert(guard[o] == me); take_in_name(o) };
  atomic { STEP; guard[o] = 0; apply[o] = 0 };
  atomic {
    STEP;
#ifdef BUG_BLIND_CLEAR
    commit[o] = 0; commit_dead[o] = 0
#else
    if
    :: commit[o] == me && !commit_dead[o] -> commit[o] = 0
    :: else
    fi
#endif
  };
  atomic { STEP; commits_listed[AT(me, o)] = 0 }
}

/* The kernel: each listed word that has the dead one's number. */
inline mark(o) {
  atomic {
    if
    :: guards_listed[AT(me, o)] && guard[o] == me && !guard_dead[o] -> guard_dead[o] = 1
    :: else
    fi;
    guards_listed[AT(me, o)] = 0
  };
  atomic {
    if
    :: commits_listed[AT(me, o)] && commit[o] == me && !commit_dead[o] -> commit_dead[o] = 1
    :: else
    fi;
    commits_listed[AT(me, o)] = 0
  }
}

active [ALL - 1] proctype taker() {
  byte me = _pid + 1;
  byte seen;
  bit taken, mends, taking, fate, committed, seen_dead, seen_apply, got;

  if
  :: me == SWEEPER ->
     timeout;
     sweep = 1;
     lock_guard(0);
     unlock_guard(0);
     lock_guard(1);
     unlock_guard(1);
     goto done
  :: else
  fi;

  lock_guard(0);
  reserve(0);
  if
  :: !got -> unlock_guard(0); goto done
  :: else
  fi;
  lock_guard(1);
  reserve(1);
  if
  :: !got -> unlock_guard(1); set_free(0); goto done
  :: else
  fi;
  atomic { STEP; commit[0] = me; commit_dead[0] = 0 };
  atomic { STEP; commit[1] = me; commit_dead[1] = 0 };
#ifdef BUG_DECIDE_TWICE
  atomic { STEP; guards_listed[AT(me, 0)] = 0; commits_listed[AT(me, 0)] = 1 };
  atomic { STEP; guards_listed[AT(me, 1)] = 0; commits_listed[AT(me, 1)] = 1 };
#else
  atomic {
    STEP;
    guards_listed[AT(me, 0)] = 0; guards_listed[AT(me, 1)] = 0;
    commits_listed[AT(me, 0)] = 1; commits_listed[AT(me, 1)] = 1
  };
#endif
  finish(0);
  finish(1);
  goto done;

died:
  atomic { deaths++; dead[me] = 1 };
  if
  :: true -> mark(0); mark(1)
  :: true -> mark(1); mark(0)
  fi;

done:
  if
  :: me == SWEEPER ->
     /* Nothing is left; each has all or nothing; no permit is lost or made. */
     atomic {
       assert(!reserved[0] && !reserved[1]);
       assert(guard[0] == 0 && guard[1] == 0);
       byte who, sum;
       for (who : 1 .. NT) {
         assert(took[AT(who, 0)] == took[AT(who, 1)]);
         sum = sum + took[AT(who, 0)]
       }
       assert(permits[0] + sum == FIRST && permits[1] + sum == FIRST)
     }
  :: else
  fi
}
