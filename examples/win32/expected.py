#!/usr/bin/env python3
"""Compares what programs print with a text: expected.py TEXT PROGRAM...

They are started at once, and their outputs are taken in order. ISTHMUS_RUNNER is what runs them.
"""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
import checks

text, programs = pathlib.Path(sys.argv[1]), sys.argv[2:]
runner = os.environ.get("ISTHMUS_RUNNER", "").split()

with checks.own_session():
    started = [
        subprocess.Popen([*runner, program], stdout=subprocess.PIPE, text=True) for program in programs
    ]
    lines = []
    for program, process in zip(programs, started):
        lines += process.communicate(timeout=120)[0].splitlines()
        checks.check(process.returncode == 0, f"{pathlib.Path(program).name} ends well")
wanted = text.read_text(encoding="utf-8").splitlines()
print(*lines, sep="\n")
checks.check(lines == wanted, f"it is the text of {text.name}")
checks.end()
