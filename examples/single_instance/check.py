#!/usr/bin/env python3
"""Tests the single-instance application: check.py NOTES"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from checks import check, end, output_of, own_session, start

notes = sys.argv[1]


def line_of(process):
    return process.stdout.readline().rstrip()


with own_session() as session:
    first = start(notes, "a.txt")
    check(line_of(first) == "opened a.txt", "the first one opens its file")
    second = start(notes, "b.txt", "c.txt")
    check(output_of(second) == ["the first one says: opened b.txt c.txt"], "the second one hands its files over")
    check(second.returncode == 0, "and ends well")
    check(line_of(first) == "opened b.txt c.txt", "the first one opens them")

    first.kill()
    first.communicate(timeout=30)
    third = start(notes, "d.txt")
    check(line_of(third) == "opened d.txt", "after the first one's death the next one is the first")

    check(output_of(start(notes, "quit")) == ["the first one says: good bye"], "it can be ended")
    check(output_of(third) == [] and third.returncode == 0, "and ends well")
    check(session.objects() == [], "nothing is left")

    crowd = [start(notes, f"{number}.txt") for number in range(5)]
    stayed = [process for process in crowd if line_of(process).startswith("opened")]
    check(len(stayed) == 1, "of five at once one stays")
    for process in crowd:
        if process not in stayed:
            process.communicate(timeout=30)
            check(process.returncode == 0, "the others end well")
    check(output_of(start(notes, "quit")) == ["the first one says: good bye"], "it can be ended, too")
    for process in stayed:
        process.communicate(timeout=30)
end()
