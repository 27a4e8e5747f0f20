#!/usr/bin/env python3
"""Tests scripts/demo: check_demo.py ROOT PROGRAM

The demo runs in a copy of what it reads. A program in meson's place notes what is to be built, and
puts the wordcount that was built already where the demo looks for it.
"""
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from checks import check, end

root, program = map(pathlib.Path, sys.argv[1:])

FAKE_MESON = """#!/bin/sh
echo "$@" >>"$CALLS"
echo "[1/2] said by $1"
case $1 in
  setup) mkdir -p "$2/examples"; : >"$2/build.ninja" ;;
  compile) ln -sf "$WORDCOUNT" "$3/examples/wordcount" ;;
esac
"""


def write_program(path, text):
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    (folder / "scripts").mkdir()
    (folder / "bin").mkdir()
    shutil.copy(root / "scripts/demo", folder / "scripts")
    write_program(folder / "scripts/setup", "#!/bin/sh\n")
    write_program(folder / "bin/meson", FAKE_MESON)
    shutil.copytree(root / "docs", folder / "docs")
    for page in ("README.md", "CHANGELOG.md"):
        shutil.copy(root / page, folder)
    calls = folder / "calls"
    environment = os.environ | {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "CALLS": str(calls),
        "WORDCOUNT": str(program.resolve()),
    }

    def demo(*arguments):
        calls.write_text("")
        run = [str(folder / "scripts/demo"), *map(str, arguments)]
        result = subprocess.run(run, capture_output=True, text=True, timeout=100, env=environment)
        return result.returncode, result.stdout, calls.read_text().splitlines()

    code, output, built = demo()
    check(code == 0, "the demo ends well")
    check([call.split()[0] for call in built] == ["setup", "compile"], "it configures and builds")
    check(built[-1].split()[1:] == ["-C", "build/demo", "wordcount"], "only wordcount, and what that needs")
    check("[1/2] said by compile" in output, "the build's progress is seen")
    plain, killed = output.split("\n$ wordcount ")[1:]
    sizes = re.findall(r"different words in ([\d.]+) MiB", output)
    check(len(sizes) == 2 and all(float(size) * 1024**2 > 49.9e6 for size in sizes), "50 MB are counted, twice")
    totals = re.findall(r"^total: (\d+) words, matches a single-process count$", output, re.MULTILINE)
    check(len(totals) == 2 and totals[0] == totals[1], "both counts are right")
    check(output.endswith("matches a single-process count\n"), "with that the demo ends")
    check("was killed" not in plain and "was killed" in killed, "a worker is killed in the second")
    check("found the mutex abandoned and undid" in killed, "which says what was repaired")
    check(" the\n" in plain, "the words are those of the pages")

    text = folder / "build/demo/pages.txt"
    made = text.stat().st_mtime_ns
    code, output, built = demo()
    check(code == 0 and text.stat().st_mtime_ns == made, "the text is made once")
    check([call.split()[0] for call in built] == ["compile"], "and configured once")

    own = folder / "own file"
    own.write_text("some words of my own, some more\n" * 1000)
    code, output, _ = demo(own)
    check(code == 0 and output.endswith("total: 7000 words, matches a single-process count\n"), "FILE is counted")
    check(demo(own, own)[0] == 2, "one FILE at most")
end()
