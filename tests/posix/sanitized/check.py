#!/usr/bin/env python3
"""Runs a program under a sanitizer, case by case: check.py PROGRAM CASE...

The cases of the arguments are the ones in which the sanitizer must find something; in all others of
the program it must find nothing. Exits with 77 where the sanitizer cannot work here.
"""
import os
import subprocess
import sys

program, *bad = sys.argv[1:]
FOUND = 66
environment = os.environ | {
    name: f"exitcode={FOUND} {os.environ.get(name, '')}" for name in ("TSAN_OPTIONS", "ASAN_OPTIONS", "LSAN_OPTIONS")
}
# The shadow memory of ThreadSanitizer does not fit every randomised layout of newer kernels.
try:
    fixed = subprocess.run(["setarch", "-R", "true"], capture_output=True).returncode == 0
except FileNotFoundError:
    fixed = False
start = ["setarch", "-R", program] if fixed else [program]


def run(*arguments):
    result = subprocess.run([*start, *arguments], capture_output=True, text=True, timeout=100, env=environment)
    return result.returncode, result.stdout, result.stderr


code, names, error = run()
if code != 0:
    print(f"the sanitizer does not work here: {error[:500]}")
    sys.exit(77)
names = names.splitlines()
problems = 0
for name in bad + [name for name in names if name not in bad]:
    code, _, error = run(name)
    if name in bad and code == 0:
        print(f"the sanitizer finds nothing in '{name}', so it cannot work here")
        sys.exit(77)
    good = code == (FOUND if name in bad else 0)
    print("ok  " if good else "BAD ", name, "" if good else f": exit code {code}\n{error[:3000]}")
    problems += not good
print(f"{problems} problems" if problems or len(names) <= len(bad) else "all well")
sys.exit(1 if problems or len(names) <= len(bad) else 0)
