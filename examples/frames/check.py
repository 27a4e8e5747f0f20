#!/usr/bin/env python3
"""Tests the frame source and its viewer: check.py SOURCE VIEWER"""
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from checks import check, end, output_of, own_session, start

source, viewer = sys.argv[1:3]
width, height = 160, 120


def picture(number):
    """What the source paints."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            pixels += bytes(value % 256 for value in (x + 4 * number, 2 * y, x + y + 8 * number))
    return b"P6\n160 120\n255\n" + bytes(pixels)


def pictures_in(folder):
    return sorted(pathlib.Path(folder).glob("frame-*.ppm"))


def wait_for_pictures(folder, count):
    for _ in range(600):
        if len(pictures_in(folder)) >= count:
            return
        time.sleep(0.05)


with own_session() as session, tempfile.TemporaryDirectory() as folder:
    first, second = start(viewer, folder), start(source, 10)
    check(output_of(second) == ["source: made 10 pictures"], "the source makes 10 pictures")
    check(output_of(first) == ["viewer: 10 pictures; the source is done"], "the viewer sees all of them")
    files = pictures_in(folder)
    check(len(files) == 10, "and saves them")
    for number in (0, 5, 9):
        check(files[number].read_bytes() == picture(number), f"picture {number} is what was painted")
    check(session.objects() == [], "nothing is left")

with own_session(), tempfile.TemporaryDirectory() as folder:
    first, second = start(viewer, folder), start(source, 100000)
    wait_for_pictures(folder, 6)
    second.kill()
    lines = output_of(first)
    check(len(lines) == 1 and lines[0].endswith("the source died"), "the viewer is told that the source died")
    check(first.returncode == 0 and len(pictures_in(folder)) >= 6, "and has what was made until then")
    second.communicate(timeout=30)

with own_session(), tempfile.TemporaryDirectory() as folder:
    first, second = start(viewer, folder), start(source, 100000)
    wait_for_pictures(folder, 2)
    first.kill()
    lines = output_of(second)
    check(len(lines) == 1 and "the viewer died after" in lines[0], "the source is told that the viewer died")
    check(second.returncode == 1, "and ends")
    first.communicate(timeout=30)
end()
