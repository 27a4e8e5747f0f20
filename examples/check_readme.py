#!/usr/bin/env python3
"""Checks that the README shows the examples as they are: check_readme.py ROOT

A block of code that follows a line '<!-- FILE -->' must be that file without its licence line.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
readme = (root / "README.md").read_text(encoding="utf-8")
blocks = re.findall(r"^<!-- (\S+) -->\n```\w*\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
wrong = 0
for name, block in blocks:
    lines = (root / name).read_text(encoding="utf-8").splitlines(keepends=True)
    same = block == "".join(lines[1:])
    print("same     " if same else "DIFFERENT", name)
    wrong += not same
missing = {f"examples/first_steps/{name}" for name in ("orders.hpp", "writer.cpp", "reader.cpp")}
missing |= {f"examples/three_ways/{name}.cpp" for name in ("parent", "child", "sender", "receiver")}
missing -= {name for name, _ in blocks}
for name in sorted(missing):
    print("MISSING  ", name)
for link in re.findall(r"\]\((?!https?:)([^)#]+)", readme):
    if not (root / link).exists():
        print("NO SUCH  ", link)
        missing.add(link)
sys.exit(1 if wrong or missing else 0)
