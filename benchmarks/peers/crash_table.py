#!/usr/bin/env python3
"""Kills programs that use a library, and says what each library does: crash_table.py PAGE PROGRAM...

scripts/peers runs it where /dev/shm and /tmp are its own. Writes the table into PAGE.
"""
import datetime
import os
import pathlib
import platform
import signal
import subprocess
import sys

PATIENCE = 4  # seconds, after which a program that says nothing is said to wait for ever


class Part:
    """A program at one action."""

    def __init__(self, program, action, name):
        self.process = subprocess.Popen(
            [program, action, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ready(self):
        """Whether it got there; if not, what it said."""
        line = self.process.stdout.readline().strip()
        return line == "ready", line

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def answer(self):
        """The last thing that it says."""
        try:
            said, _ = self.process.communicate("\n", timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            lines = self.process.communicate()[0].splitlines()
            return lines[-1] if lines and lines[-1] != "ready" else "waits for ever"
        if self.process.returncode < 0:
            return f"dies of {signal.Signals(-self.process.returncode).name}"
        lines = said.splitlines()
        return lines[-1] if lines else f"ends with code {self.process.returncode}"


def mutex_owner_killed(program):
    owner = Part(program, "hold-mutex", "crash-owner")
    is_ready, said = owner.ready()
    if not is_ready:
        return said
    taker = Part(program, "take-mutex", "crash-owner")
    is_ready, said = taker.ready()
    owner.kill()
    if not is_ready:
        taker.kill()
        return said
    return taker.answer()


def section_holder_killed(program):
    holder = Part(program, "hold-section", "crash-section")
    is_ready, said = holder.ready()
    holder.kill()
    return Part(program, "new-section", "crash-section").answer() if is_ready else said


def creator_exits(program):
    creator = Part(program, "create-mutex", "crash-creator")
    is_ready, said = creator.ready()
    if not is_ready:
        return said
    opener = Part(program, "open-mutex", "crash-creator")
    is_ready, said = opener.ready()
    creator.answer()
    if not is_ready:
        opener.kill()
        return said
    return opener.answer()


def event_twice(program):
    return Part(program, "event-twice", "crash-event").answer()


def timed_lock(program):
    return Part(program, "timed-lock", "crash-timed").answer()


def too_big(program):
    """More than there is room for in /dev/shm. Comes last."""
    if subprocess.run(["mount", "-o", "remount,size=1M", "/dev/shm"], check=False).returncode != 0:
        return "not tried: no right to mount"
    try:
        return Part(program, "big-section", "crash-big").answer()
    finally:
        subprocess.run(["mount", "-o", "remount,size=64M", "/dev/shm"], check=False)


def left_over():
    """What files and System V objects there are."""
    places = []
    for folder in ("/dev/shm", "/tmp"):
        count = sum(1 for path in pathlib.Path(folder).rglob("*") if not path.is_dir())
        if count:
            places.append(f"{count} in {folder}")
    for kind, what in (("sem", "semaphores"), ("shm", "segments")):
        count = len(pathlib.Path(f"/proc/sysvipc/{kind}").read_text().splitlines()) - 1
        if count:
            places.append(f"{count} System V {what}")
    return ", ".join(places) or "nothing"


TESTS = [
    ("The owner of a mutex is killed; another process, which has it open, locks it", "gets it, and is told", mutex_owner_killed),
    ("The holder of a section is killed; another one makes a section of that name", "a new one, zeroed",
     section_holder_killed),
    ("Who made a mutex ends; a process that has opened it goes on to use it", "goes on", creator_exits),
    ("An automatic event is set twice, then waited for twice", "one passes", event_twice),
    ("A lock with a time limit", "yes", timed_lock),
    ("A section of 8 MiB, all of it written, with 1 MiB in /dev/shm", "an error when it is made", too_big),
]

PAGE = """# What happens when a process is killed

`scripts/peers` made this page: it runs the same small programs for isthmus and for the libraries that it
finds, kills them in the middle, and writes down what the survivors say. The programs are in
[benchmarks/peers](../benchmarks/peers); what each library calls a mutex or a section is in one file there.
The second column is what Windows does with its own objects, by its documentation and what this library's
tests rely on there; it was not run for this page.

{table}

Made on {date}, {system}. For Qt a
semaphore with one permit stands for the mutex, since there is none. "No such thing" means that the library has no object or
call of this kind with a name. Qt's sections are System V's, which are not in /dev/shm and so have room.

*Left in the end* counts files and System V objects after all of this, before anybody cleans.

This is about one question and no verdict on libraries that are good at others: Boost's containers in
shared memory, Qt's and Poco's breadth, ACE's event handling.
"""


def main():
    page, programs = pathlib.Path(sys.argv[1]), sys.argv[2:]
    columns = []
    for program in programs:
        version = subprocess.run([program, "version"], capture_output=True, text=True, check=True)
        print(version.stdout.strip())
        answers = []
        for what, _, test in TESTS:
            if test is too_big:
                left = left_over()
            answers.append(test(program))
            print(f"  {what}: {answers[-1]}")
        answers.append(left)
        print(f"  left in the end: {left}")
        columns.append((version.stdout.strip(), answers))
        subprocess.run("rm -rf /dev/shm/* /tmp/*; ipcrm --all", shell=True, check=False)
    rows = [(what, wanted) for what, wanted, _ in TESTS] + [("Left in the end", "nothing")]
    lines = ["| | Windows | " + " | ".join(name for name, _ in columns) + " |", "|---" * (2 + len(columns)) + "|"]
    for i, (what, wanted) in enumerate(rows):
        lines.append(f"| {what} | {wanted} | " + " | ".join(answers[i].replace("|", "/") for _, answers in columns) + " |")
    release = dict(
        line.split("=", 1) for line in pathlib.Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    system = f"{release.get('PRETTY_NAME', platform.system()).strip(chr(34))}, kernel {platform.release().split('-')[0]}"
    page.write_text(
        PAGE.format(table="\n".join(lines), date=datetime.date.today().isoformat(), system=system), encoding="utf-8"
    )


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("crash_table.py: is run by scripts/peers, in namespaces of its own")
    if any(any(os.scandir(place)) for place in ("/tmp", "/dev/shm")):
        sys.exit("crash_table.py: would empty /tmp and /dev/shm, which are not empty; run scripts/peers")
    main()
