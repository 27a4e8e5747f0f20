#!/usr/bin/env python3
"""Reads the report that the program 'weather' shows."""
import ctypes

from sections import open_section


class Report(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("place", ctypes.c_char * 16),
        ("celsius", ctypes.c_double * 8),
    ]


with open_section("weather") as memory:
    report = Report.from_buffer_copy(memory)
    print(report.place.decode(), *report.celsius[: report.count])
