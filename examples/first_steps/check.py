#!/usr/bin/env python3
"""Runs the two programs of the README: check.py WRITER READER"""
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from checks import check, end, own_session

writer, reader = sys.argv[1:3]
rows = [f"order {row}: {price}" for row, price in enumerate([120, 75, 300, 42, 199])]


def start(program):
    return subprocess.Popen([program], stdout=subprocess.PIPE, text=True)


def read(process):
    return process.communicate(timeout=30)[0].splitlines()


def run_both(session):
    second = start(reader)  # waits for the names to appear
    first = start(writer)
    check(read(second) == rows and second.returncode == 0, "the reader reads all that was written")
    check(first.wait(30) == 0, "the writer ends well")
    check(session.objects() == [], "the names went with the programs")


def mapped_files(process):
    """Where the bytes of a section lie apart from its name, they are elsewhere."""
    maps = pathlib.Path(f"/proc/{process.pid}/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    return {pathlib.Path(line.split()[-1]) for line in lines if " rw-s " in line}


def rows_of(process, session):
    """How many orders the writer has written so far: its table is in one of the files there."""
    for path in {*session.paths(), *mapped_files(process)}:
        try:
            head = path.read_bytes()[:8]
        except OSError:
            continue
        if head[4:] == int(rows[0].split()[-1]).to_bytes(4, sys.byteorder):
            return int.from_bytes(head[:4], sys.byteorder)
    return 0


def has_opened(process):
    """Whether it has the mutex, the second that it opens. Where that cannot be seen, it had the time."""
    maps = pathlib.Path(f"/proc/{process.pid}/maps")
    return not maps.exists() or "orders.guard" in maps.read_text()


def wait_for(holds):
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.02)
    return False


with own_session() as session:
    run_both(session)

    first = start(writer)
    second = start(reader)
    check(wait_for(lambda: rows_of(first, session) >= 2 and has_opened(second)), "the reader waits for the writer")
    first.kill()
    first.wait(30)
    lines = read(second)
    check("died half-way" in lines[0], "the reader is told that the writer died")
    check(1 <= len(lines[1:]) < 5 and lines[1:] == rows[: len(lines) - 1], "it reads what there is")
    # The reader may have ended while the killed writer was still ending, and so was not the last. Then
    # nobody was left to remove the files, but the names are free: a new writer finds nothing old.
    run_both(session)
end()
