#!/usr/bin/env python3
"""Tests the reader in Python: check.py WEATHER"""
import mmap
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "support"))
from checks import check, end, own_session, start

import sections

weather = sys.argv[1]


def read():
    result = subprocess.run(
        [sys.executable, here / "read_weather.py"], capture_output=True, text=True, timeout=30
    )
    return result.stdout, result.returncode


def refusal(name):
    try:
        sections.open_section(name)
    except (FileNotFoundError, ValueError) as problem:
        return type(problem)
    return None


with own_session() as session:
    check(refusal("weather") is FileNotFoundError, "without the program there is no report")
    program = start(weather, stdin=subprocess.PIPE)
    check(program.stdout.readline() == "ready\n", "the program shows its report")
    check(read() == ("Colon 27.5 31.25 29.0\n", 0), "Python reads it")
    check(refusal("other") is FileNotFoundError, "of other names there is none")
    check(refusal("a/b") is ValueError, "names that have no plain file are refused")

    memory = sections.open_section("weather")
    check(len(memory) == mmap.PAGESIZE, "the size is the section's, in whole pages")
    program.communicate(timeout=30)
    check(program.returncode == 0 and session.objects() == [], "Python's view does not keep the name")
    check(memory[8:13] == b"Colon", "and keeps the bytes")

    program = start(weather, stdin=subprocess.PIPE)
    program.stdout.readline()
    program.kill()
    program.communicate(timeout=30)
    check(session.objects() == ["=weather"], "a kill leaves the file")
    check(refusal("weather") is FileNotFoundError, "but no name")
end()
