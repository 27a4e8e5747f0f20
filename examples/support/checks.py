"""What the tests of the examples have in common."""
import os
import pathlib
import sys
import tempfile

problems = []


def check(condition, what):
    """Notes a problem and goes on."""
    print("ok  " if condition else "BAD ", what)
    if not condition:
        problems.append(what)


def end():
    print(f"{len(problems)} problems" if problems else "all well")
    sys.exit(1 if problems else 0)


class own_session:
    """A folder for the names of the programs under test, so that nobody else is met."""

    def __enter__(self):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = tempfile.TemporaryDirectory(dir=memory)
        os.environ["ISTHMUS_RUNTIME_DIR"] = self.folder.name
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def objects(self):
        """What lies in it but records of processes, which go by and by, and files of turns."""
        paths = pathlib.Path(self.folder.name).glob("*/*")
        return sorted(path.name for path in paths if path.name != "p" and not path.name.startswith(".l"))
