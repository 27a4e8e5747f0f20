"""What the tests of the examples have in common."""
import os
import pathlib
import subprocess
import sys
import tempfile

problems = []
# What runs the programs, if it is not this system: Wine.
runner = os.environ.get("ISTHMUS_RUNNER", "").split()


def start(program, *arguments, **options):
    """Starts a program whose output is to be read."""
    return subprocess.Popen(
        [*runner, program, *map(str, arguments)], stdout=subprocess.PIPE, text=True, **options
    )


def output_of(process):
    return process.communicate(timeout=60)[0].splitlines()


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

    def paths(self):
        session = pathlib.Path(self.folder.name)
        return [*session.glob("*/*"), *session.glob("*/c/*")]

    def objects(self):
        """What lies in it but records of processes, which go by and by, and files of turns."""
        return sorted(
            path.name for path in self.paths() if path.name not in ("c", "p") and not path.name.startswith(".l")
        )
