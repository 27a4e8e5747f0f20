#!/usr/bin/env python3
"""Checks that docs/semantics.md, headers and tests agree: semantics.py ROOT

- Each row that a header or a test names is in the tables of docs/semantics.md, exactly once.
- Each row that they call tested is named by a test that runs on both systems: in tests/ or
  tests/across/, as a tag like [MTX-07].
- No row is missing in between, and each state is one of three.

The checks are first shown to find what they are for.
"""
import pathlib
import re
import sys

ROW = re.compile(r"\b(NAME|CRE|SEC|VIEW|LIFE|MTX|SEM|EVT|TMR|WAIT|DUP|INH|ACL|HARD)-(\d\d)\b")
TABLE_LINE = re.compile(r"^\| ([A-Z]+-\d\d) \| (.+) \| (.+) \|$", re.MULTILINE)
STATE = re.compile(r"tested( \(.+\)|: .+)?|(differs on POSIX|not offered): .+")
# The last row of each group that must be complete.
LAST = {"NAME": 26, "CRE": 11, "SEC": 33, "VIEW": 32, "LIFE": 10, "MTX": 19, "SEM": 12, "EVT": 12,
        "TMR": 19, "WAIT": 23, "DUP": 11, "INH": 7, "ACL": 15}


def names_in(text):
    return {found.group(0) for found in ROW.finditer(text)}


def tags_in(text):
    return {tag for tag in re.findall(r"\[([A-Z]+-\d\d)\]", text)}


def check(page, headers, tests, last):
    """Gives the problems. headers and tests: {path: text}."""
    problems = []
    rows = {}
    for row, _, state in TABLE_LINE.findall(page):
        if row in rows:
            problems.append(f"{row} is there twice")
        rows[row] = state
        if not STATE.fullmatch(state):
            problems.append(f"{row}: '{state}' is no state")
    for group, number in last.items():
        for i in range(1, number + 1):
            if f"{group}-{i:02}" not in rows:
                problems.append(f"{group}-{i:02} is missing")
    for path, text in {**headers, **tests}.items():
        for row in sorted(names_in(text) - rows.keys()):
            problems.append(f"{path} names {row}, which is not in the tables")
    tested = set().union(*map(tags_in, tests.values()))
    for row, state in rows.items():
        if state.startswith("tested") and row not in tested:
            problems.append(f"{row} is called tested, and no test has its tag")
    for row in names_in(page) - rows.keys():
        problems.append(f"the page mentions {row}, which is not in the tables")
    return problems


def self_test():
    """Each bad input is found, the good one is not."""
    page = "| MTX-01 | Owned by a thread. | tested |\n| MTX-02 | Order. | not offered: no promise |\n"
    headers = {"mutex.hpp": "// see MTX-01 to MTX-02\n"}
    tests = {"mutex.cpp": 'TEST_CASE("a", "[mutex][MTX-01]") {}\n'}
    last = {"MTX": 2}
    wrong = [f"finds in good input: {found}" for found in check(page, headers, tests, last)]
    bad = {
        "a row named by a header alone": (page, {"a.hpp": "// MTX-09"}, tests, last),
        "a row named by a test alone": (page, headers, {**tests, "b.cpp": "[VIEW-03]"}, last),
        "a tested row without a test": (page, headers, {"mutex.cpp": ""}, last),
        "a row that a comment of a test names": (page, headers, {"mutex.cpp": "// MTX-01"}, last),
        "a row twice": (page + page.splitlines()[0] + "\n", headers, tests, last),
        "a missing row": (page, headers, tests, {"MTX": 3}),
        "an unknown state": (page.replace("not offered: no promise", "open"), headers, tests, last),
        "a state without reason": (page.replace(": no promise", ""), headers, tests, last),
        "a row that only the page's text names": (page + "As SEC-99.\n", headers, tests, last),
    }
    wrong += [f"misses {what}" for what, data in bad.items() if len(check(*data)) != 1]
    return wrong


def read(root, *patterns):
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
            for pattern in patterns for path in sorted(root.glob(pattern))}


def main():
    if wrong := self_test():
        print("semantics: the check itself is broken", *wrong, sep="\n  ")
        return 1
    root = pathlib.Path(sys.argv[1])
    page = (root / "docs/semantics.md").read_text(encoding="utf-8")
    headers = read(root, "include/isthmus/*.hpp")
    tests = read(root, "tests/*.cpp", "tests/across/*.cpp")
    problems = check(page, headers, tests, LAST)
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"semantics: {len(problems)} problems, {len(TABLE_LINE.findall(page))} rows")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
