#!/usr/bin/env python3
"""What a compiler of C++17 says of each public header: older.py FOLDER... -- HEADER... -- COMPILER...

One sentence that names C++20, and no error of what follows from it. With C++20 there is none at all.
"""
import subprocess
import sys
import tempfile

WANTED = "isthmus needs C++20: compile with -std=c++20"


def errors(compiler, folders, header, standard):
    """The lines in which the compiler finds fault."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
        source.write(f"#include <isthmus/{header}>\n")
        source.flush()
        told = subprocess.run(
            [*compiler, f"-std={standard}", "-fsyntax-only", *(f"-I{folder}" for folder in folders), source.name],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    return [line for line in told.stderr.splitlines() if "error: " in line]


def main():
    words = " ".join(sys.argv[1:]).split(" -- ")
    folders, headers, compiler = (part.split(" ") for part in words)
    wrong = 0
    for header in headers:
        found = errors(compiler, folders, header, "c++17")
        if sum(WANTED in line for line in found) != 1 or len(found) > 2:
            wrong += 1
            print(f"{header} with C++17: {len(found)} errors", *found[:5], sep="\n  ")
    if found := errors(compiler, folders, "isthmus.hpp", "c++20"):
        wrong += 1
        print("isthmus.hpp with C++20:", *found[:5], sep="\n  ")
    print(f"{len(headers)} headers, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
