#!/usr/bin/env python3
"""Tests wordcount: check.py PROGRAM"""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from checks import check, end, own_session

program = sys.argv[1]


def run(*arguments):
    result = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, timeout=60, errors="replace"
    )
    return result.returncode, result.stdout, result.stderr


def total(output):
    found = re.search(r"^total: (\d+) words, matches a single-process count\n\Z", output, re.MULTILINE)
    return int(found.group(1)) if found else None


def words_of_wc(file):
    if not shutil.which("wc"):
        return len(file.read_bytes().split())
    words = subprocess.run(["wc", "-w", file], capture_output=True, env={"LC_ALL": "C"}, check=True)
    return int(words.stdout.split()[0])


def table_in(output):
    return re.findall(r"^ +\d+  .*$", output, re.MULTILINE)


def make_texts(folder):
    """Texts with every white space, long words, more words than a table has room for, and none."""
    rng = random.Random(1)
    spaces = [" ", "  ", "\n", "\t", "\r\n", "\v", "\f", ", ", ". "]
    vocabulary = ["The", "the", "(the)", "--", "x" * 64, "y" * 65] + [f"word{n}" for n in range(5000)]
    weights = [1 / (n + 1) for n in range(len(vocabulary))]
    pick = rng.choices(vocabulary, weights, k=300_000)
    (folder / "mixed").write_text("".join(word + rng.choice(spaces) for word in pick), newline="")
    (folder / "many").write_text(" ".join(f"{rng.getrandbits(40):x}" for _ in range(20_000)))
    (folder / "long").write_text("z" * 3_000_000 + " end")
    (folder / "one").write_text("hello")
    (folder / "white").write_text(" \n\t\n")
    (folder / "latin").write_bytes("Bär\n".encode("latin-1") * 5000)
    return [folder / name for name in ("mixed", "many", "long", "one", "white", "latin")]


def kill_from_outside(file, delay):
    """Kills some worker, wherever it is; the exit code, and the output."""
    running = subprocess.Popen([program, "--workers", "4", str(file)], stdout=subprocess.PIPE, text=True)
    children = pathlib.Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while children.exists() and running.poll() is None:
        if found := children.read_text().split():
            time.sleep(delay)
            try:
                os.kill(int(random.choice(found)), 9)
            except ProcessLookupError:
                pass
            break
    return running.communicate(timeout=60)[0], running.returncode


with own_session() as session:
    folder = pathlib.Path(session.folder.name)
    texts = make_texts(folder) + [
        path
        for path in (pathlib.Path(__file__).parents[2] / "LICENSE", pathlib.Path("/usr/share/common-licenses/GPL-3"))
        if path.exists()
    ]
    for text in texts:
        expected = words_of_wc(text)
        code, plain, _ = run(text)
        check(code == 0 and total(plain) == expected, f"{text.name}: {expected} words")
        for workers in (2, 5):
            code, killed, _ = run("--kill-one", "--workers", workers, text)
            check(code == 0 and total(killed) == expected, f"{text.name}: and with one of {workers} killed")
            check("worker 1 (process " in killed, "  it says who")
            check("found the mutex abandoned and undid" in killed, "  and what was repaired")
            if text.name != "many":  # whose words get a place there, is chance
                check(table_in(killed) == table_in(plain), "  all counts are the same")
        check(session.objects() == [], "  nothing is left")
    check("  the\n" in run(folder / "mixed")[1], "words are told apart without case and punctuation")
    check("  other: " in run(folder / "many")[1], "words without a place are counted as others")

    expected = words_of_wc(folder / "mixed")
    for _ in range(8):
        output, code = kill_from_outside(folder / "mixed", random.uniform(0, 0.03))
        check(code == 0 and total(output) == expected, "a worker killed by somebody changes nothing")
    check(session.objects() == [], "nothing is left")

    (folder / "empty").touch()
    (folder / "binary").write_bytes(b"word\0word")
    (folder / "secret").write_text("words")
    (folder / "secret").chmod(0)
    one = folder / "one"
    for arguments, message in (
        ((folder / "missing",), "missing: there is no such file"),
        ((one / "below",), "below: "),
        ((folder / "empty",), "empty: is empty"),
        ((folder,), "is a directory"),
        ((folder / "binary",), "not a text file, there is a zero byte at offset 4"),
        (("/dev/null",), "not a regular file"),
        ((), "no file was given"),
        ((one, one), "more than one file"),
        (("--unknown", one), "there is no option --unknown"),
        (("--workers", "0", one), "wants a number from 1 to 256, not '0'"),
        (("--workers",), "--workers wants a value"),
        (("--workers", "1", "--kill-one", one), "at least two workers"),
    ):
        code, output, error = run(*arguments)
        check(code == 2 and not output and message in error and error.startswith("wordcount: "), error.split("\n")[0])
    if os.geteuid() != 0:
        code, _, error = run(folder / "secret")
        check(code == 2 and "no right to read" in error, error.strip())
    else:
        print("skip an unreadable file: to root none is")
    check(session.objects() == [], "errors leave nothing")
    code, output, _ = run("--help")
    check(code == 0 and "Exit code" in output, "--help helps")
end()
