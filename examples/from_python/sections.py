"""Opens sections of isthmus from Python, without isthmus: by the layout of their files.

For POSIX, and only for reading. src/posix/layout.hpp and docs/internals.md say what is in such a file:

    [ the section's bytes, rounded up to the page ][ a page with the header ]

The file lies in the session's directory and is called '=' and the name (longer and stranger names are
hashed; this does not look for them). Somebody holds the section as long as there is a lock on the
file's first byte. An mmap keeps the bytes, as a view does, and not the name.
"""
import fcntl
import mmap
import os
import pathlib
import re
import struct

# magic, version, kind, bytes before the header, size, identity, flags, access, user, process, device
# and inode of a file, lengths of path and name, user space, name
HEADER = struct.Struct("=8sIIQQ16sIIIIQQIIQ1024s")
MAGIC, VERSION, SECTION = b"isthmus\n", 6, 1
OF_A_FILE, APART = 2, 8
FLOCK = struct.Struct("hhqqi4x")  # on 64-bit systems
F_OFD_GETLK = 36


def session_directories():
    """Of this user: there is one. Its number is 0, or random where another user has taken that name."""
    base = pathlib.Path(os.environ.get("ISTHMUS_RUNTIME_DIR", "/dev/shm"))
    own = re.compile(rf"isthmus-{os.geteuid()}\.[0-9]+")
    for path in base.iterdir():
        if own.fullmatch(path.name) and not path.is_symlink() and path.stat().st_uid == os.geteuid():
            yield path


def is_held(fd):
    lock = fcntl.fcntl(fd, F_OFD_GETLK, FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
    return FLOCK.unpack(lock)[0] != fcntl.F_UNLCK


def open_section(name):
    """The bytes of the section of this name, as an mmap that can only be read."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", name):
        raise ValueError(f"{name!r}: only short names of letters, digits, '.', '-' and '_' are looked for")
    for directory in session_directories():
        try:
            file = (directory / f"={name}").open("rb")
        except FileNotFoundError:
            break
        with file:
            end = os.fstat(file.fileno()).st_size
            file.seek(end - mmap.PAGESIZE)
            fields = HEADER.unpack(file.read(HEADER.size))
            magic, version, kind, _, size, _, flags = fields[:7]
            if magic != MAGIC or version != VERSION:
                raise RuntimeError(f"{name}: not an object of this version of isthmus")
            if kind != SECTION:
                raise RuntimeError(f"{name}: is no section")
            if flags & (OF_A_FILE | APART):
                raise RuntimeError(f"{name}: its bytes are in another file")
            if not is_held(file.fileno()):
                break  # whoever held it has died; the name is free
            return mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
    raise FileNotFoundError(f"no section is called {name}")
