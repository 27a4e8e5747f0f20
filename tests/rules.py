#!/usr/bin/env python3
"""Checks the structure of the tree: rules.py ROOT

The rules are those that reviews forget. Each is first shown to find what it is for, by a small bad
tree at the end of this file; only then is the real tree looked at.
"""
import pathlib
import re
import sys

FOLDERS = ("include", "src", "tests", "examples", "benchmarks", "tools")
PLATFORM_HEADER = "include/isthmus/platform.hpp"
WINDOWS_HEADER = "src/win32/windows.hpp"
VENEER_HEADER = "include/veneer/win32/isthmus/win32.h"  # is windows.h itself, by promise
VENEER_PAGE = "docs/win32.md"
SEAM_HEADER = "src/posix/system/seam.hpp"
ROOMS_PAGE = "docs/internals.md"
PAGES = ("README.md", "docs/*.md", "docs/models/*")  # not CHANGELOG.md: it speaks of the past
WARN_LINES, MAX_LINES = 300, 500

CONDITION = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|elifdef|elifndef)\b.*$", re.MULTILINE)
PLATFORM = re.compile(
    r"\b(_?WIN32|_WIN64|__WIN\w+|__MINGW\w+|__CYGWIN__|_MSC_VER|__unix\w*|unix|_?_?linux(__)?|"
    r"__gnu_linux__|__ANDROID__|__APPLE__|__MACH__|TARGET_OS_\w+|__\w*BSD__|__DragonFly__|__sun|"
    r"__GLIBC\w*|__MUSL\w*|_POSIX_\w+)\b|\.h[>\"]"
)
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"]+)[>\"]", re.MULTILINE)
WINDOWS_ITSELF = re.compile(r"(?i)(windows|win(base|def|error|nt|ternl|sock2?|user))\.h")
WINDOWS = re.compile(
    r"(?i)(win\w+|\w+api|\w+apiset|sddl|tlhelp32|ntstatus|bcrypt|io|process|direct|conio)\.h"
)
POSIX = re.compile(
    r"(unistd|fcntl|pthread|sched|semaphore|signal|spawn|poll|dirent|dlfcn|pwd|grp|syslog|termios|"
    r"ucontext|mqueue|aio|glob|fnmatch|ftw|utime|wait|syscall|(sys|linux|asm|net|netinet|arpa|mach|"
    r"libkern)/.+)\.h"
)
# What costs every file that includes isthmus more than it gives; paths are in two interfaces.
HEAVY = {"algorithm", "any", "filesystem", "functional", "iostream", "map", "memory", "mutex", "ranges", "regex"}
HEAVY_HERE = {"include/isthmus/section.hpp": {"filesystem"}, "include/isthmus/process.hpp": {"filesystem"}}
# What examples need is included by name: no other header, and no newer fmt, has to bring it along.
STANDARD = {
    "algorithm": r"std::(sort|min|max|copy|find|any_of|count)\b|ranges::",
    "array": r"std::array\b",
    "atomic": r"std::atomic\b",
    "chrono": r"std::chrono\b|chrono_literals",
    "cstdint": r"std::u?int\d+_t\b",
    "cstdio": r"std::(puts|printf|fputs|fprintf|fwrite|fflush|perror|FILE)\b|\b(stdout|stderr)\b",
    "filesystem": r"std::filesystem\b",
    "functional": r"std::function\b",
    "memory": r"std::(unique_ptr|shared_ptr|make_\w+)\b",
    "mutex": r"std::(scoped_lock|unique_lock|lock_guard)\b",
    "optional": r"std::optional\b",
    "span": r"std::span\b",
    "string": r"std::(string|to_string|getline)\b",
    "string_view": r"std::string_view\b",
    "system_error": r"std::(error_code|system_error)\b",
    "thread": r"std::(this_thread|thread)\b",
    "utility": r"std::(move|exchange|pair|forward)\b",
    "vector": r"std::vector\b",
}
VENEER_FUNCTION = re.compile(r"^ISTHMUS_WIN32_API[^;(]*?\b(\w+)\(", re.MULTILINE)
WITH_STEPS = re.compile(r"^\s*sources_with_steps \+?= files\(([^)]*)\)", re.MULTILINE)
PRIVATE_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
MADE_HEADERS = {"src/backend.hpp"}  # by the build, from what lies beside them
ROOM = re.compile(r"^\| `(\w+)/` \|", re.MULTILINE)
NAMED_PATH = re.compile(r"(?<![\w./-])src/(?:[\w-]+/)*[\w-]+\.(?:cpp|hpp|build)\b")
# What LLVM's C++ library has only since a version later than 14, which is the oldest one meant.
LATE = re.compile(
    r"\bstd::(ranges::\w+|views::\w+|atomic_ref|pmr::\w+|make_unique_for_overwrite|make_shared_for_overwrite|"
    r"jthread|stop_token|format|source_location|osyncstream)\b|<memory_resource>"
)
UNTIMED = re.compile(r"\bINFINITE\b|(\.|->)wait\(|\bwaitpid\((?!.*WNOHANG)")


def without_comments(text):
    """The code alone, with its line breaks; texts in quotes become empty ones, except #include's."""

    def shortened(match):
        found = match.group(0)
        if found.startswith("/"):
            return "\n" * found.count("\n") or " "
        return found if found.startswith("#") else found[0] * 2

    text = text.replace("\\\n", " ")
    return re.sub(
        r"#[ \t]*include[ \t]*[<\"][^>\"\n]+[>\"]|//[^\n]*|/\*.*?\*/|"
        r'"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'',
        shortened,
        text,
        flags=re.DOTALL,
    )


def check_file(path, text, problem, warning):
    """The rules that look at one file."""
    code = without_comments(text)
    parts = path.split("/")
    if not text.startswith("// SPDX-License-Identifier: MIT\n"):
        problem("licence", path, "does not begin with '// SPDX-License-Identifier: MIT'")

    lines = text.count("\n")
    if lines > MAX_LINES:
        problem("length", path, f"{lines} lines, more than {MAX_LINES}; split it")
    elif lines > WARN_LINES:
        warning("length", path, f"{lines} lines, more than {WARN_LINES}")

    for line in CONDITION.findall(code):
        if path != PLATFORM_HEADER and PLATFORM.search(line):
            problem("condition", path, f"'{line.strip()}': only {PLATFORM_HEADER} asks for the platform")

    for header in INCLUDE.findall(code):
        if WINDOWS_ITSELF.fullmatch(header) and parts[0] in ("include", "src"):
            if path not in (WINDOWS_HEADER, VENEER_HEADER):
                problem("windows", path, f"includes {header}; only {WINDOWS_HEADER} may")
        elif WINDOWS.fullmatch(header) and "win32" not in parts:
            problem("windows", path, f"includes {header}; only folders named win32 may")
        elif POSIX.fullmatch(header) and "posix" not in parts:
            problem("posix", path, f"includes {header}; only folders named posix may")

    included = set(INCLUDE.findall(code))
    if path.startswith("include/isthmus/"):
        for header in sorted(included & HEAVY - HEAVY_HERE.get(path, set())):
            problem("heavy", path, f"includes <{header}>, which every user's every file would pay for")
    if "fmt/core.h" in included:
        problem("fmt", path, "includes <fmt/core.h>, which has no fmt::format since fmt 11: <fmt/format.h>")
    elif re.search(r"\bfmt::", code) and not included & {"fmt/format.h", "isthmus/fmt.hpp"}:
        problem("fmt", path, "uses fmt:: and does not include <fmt/format.h>")

    if parts[0] != "examples":  # which show how it is written today
        for found in LATE.finditer(code):
            problem("late", path, f"{found.group(0)} is not in all C++ libraries that are meant (libc++ 14)")

    if parts[0] == "tests":
        for line in text.splitlines():
            if UNTIMED.search(without_comments(line)) and "untimed:" not in line:
                problem("untimed", path, f"'{line.strip()}': give it a limit, or say '// untimed: why'")


def check_stems(files, problem):
    """One kind, one stem, everywhere."""

    def stems(folder, suffix):
        pattern = re.compile(re.escape(folder) + r"/(\w+)" + re.escape(suffix))
        return {found.group(1) for path in files if (found := pattern.fullmatch(path))}

    public = stems("include/isthmus", ".hpp")
    backends = {name: stems(f"src/{name}", ".cpp") for name in ("win32", "posix")}
    kinds = {"section", "view", "mutex"} | (public & (backends["win32"] | backends["posix"]))
    for kind in sorted(kinds):
        wanted = {f"include/isthmus/{kind}.hpp", f"tests/{kind}.cpp"}
        wanted |= {f"src/{name}/{kind}.cpp" for name in backends}
        for path in sorted(wanted - files.keys()):
            problem("stems", path, f"is missing: '{kind}' has the same stem in every folder")


def check_examples(files, problem):
    """An example includes what it uses, itself or by a header that lies beside it."""
    for path, text in files.items():
        if not path.startswith("examples/") or not path.endswith((".cpp", ".hpp")):
            continue
        code = without_comments(text)
        included = set(INCLUDE.findall(code))
        for name in tuple(included):
            beside = files.get(path.rpartition("/")[0] + "/" + name, "")
            included |= set(INCLUDE.findall(without_comments(beside)))
        for header, use in STANDARD.items():
            if header not in included and re.search(use, code):
                problem("standard", path, f"uses what <{header}> has, and does not include it")


def check_veneer(files, problem):
    """Each Win32 function is in the page, at least without its A or W, and called by a test."""
    page = re.sub(r"`(\w+)\(Ex\)`", r"`\1` `\1Ex`", files.get(VENEER_PAGE, ""))
    tests = "".join(without_comments(text) for path, text in files.items() if path.startswith("tests/veneer/"))
    named, called = set(re.findall(r"\w+", page)), set(re.findall(r"\w+", tests))
    for path, text in files.items():
        if path.startswith("include/veneer/posix/"):
            for name in VENEER_FUNCTION.findall(without_comments(text)):
                if not named & {name, re.sub("[AW]$", "", name)}:
                    problem("veneer", path, f"{VENEER_PAGE} does not name {name}")
                if name not in called:
                    problem("veneer", path, f"no test in tests/veneer calls {name}")


def check_steps(files, problem):
    """What has step points, itself or by a header, is compiled once more for the tests."""
    listed = {
        path.rpartition("/")[0] + "/" + name
        for path, text in files.items()
        if path.startswith("src/posix/") and path.endswith("meson.build")
        for name in re.findall(r"'([\w/]+\.cpp)'", "".join(WITH_STEPS.findall(text)))
    }
    including = {SEAM_HEADER}
    while found := {
        path
        for path, text in files.items()
        if path.startswith("src/")
        and path not in including
        and {"src/" + name for name in PRIVATE_INCLUDE.findall(without_comments(text))} & including
    }:
        including |= found
    for path in sorted(including - listed):
        if path.endswith(".cpp"):
            problem("steps", path, "has step points and is not among its meson.build's sources_with_steps")


def check_includes(files, problem):
    """A private include says where the file is, from src/; and who may include what."""
    rooms = {room: row for row, room in enumerate(ROOM.findall(files.get(ROOMS_PAGE, "")))}
    folders = {path.split("/")[2] for path in files if path.startswith("src/posix/") and path.count("/") > 2}
    for room in sorted(folders ^ rooms.keys()):
        problem("rooms", f"src/posix/{room}", f"the table in {ROOMS_PAGE} has each folder, and no other")

    def row(path):
        """How far down a file of src/posix is; its front is above all rooms."""
        parts = path.split("/")
        return rooms.get(parts[2], -1) if len(parts) > 3 else -1

    for path, text in files.items():
        top, _, rest = path.partition("/")
        if top != "src" or rest.startswith("veneer/") or not path.endswith((".cpp", ".hpp")):
            continue
        ours = rest.partition("/")[0] if rest.startswith(("posix/", "win32/")) else ""
        for name in PRIVATE_INCLUDE.findall(without_comments(text)):
            included = "src/" + name
            theirs = name.partition("/")[0] if name.startswith(("posix/", "win32/")) else ""
            if included not in files.keys() | MADE_HEADERS:
                problem("include", path, f"'{name}': say where it is, from src/")
            elif (nearer := path.rpartition("/")[0] + "/" + name) != included and nearer in files:
                problem("include", path, f"'{name}' would be {nearer}, which lies nearer; rename that")
            elif theirs not in ("", ours):
                problem("include", path, f"includes {name}; the backend's inline parts come by backend.hpp")
            elif theirs == ours == "posix" and row(included) < row(path):
                problem("rooms", path, f"includes {name}, which is above it in the table of {ROOMS_PAGE}")


def check_paths(files, problem):
    """A page names a file of src only where it is."""
    for path, text in files.items():
        if path == "README.md" or path.startswith("docs/"):
            for name in sorted(set(NAMED_PATH.findall(text)) - files.keys() - MADE_HEADERS):
                problem("paths", path, f"names {name}, which is not there")


def check(files):
    """Gives the problems and the warnings of a tree, given as {path: text}, as (rule, path, what)."""
    problems, warnings = [], []

    def problem(*what):
        problems.append(what)

    def warning(*what):
        warnings.append(what)

    sources = {path: text for path, text in files.items() if path.endswith((".cpp", ".hpp", ".h"))}
    for path, text in sources.items():
        check_file(path, text, problem, warning)
    check_stems(sources, problem)
    check_veneer(files, problem)
    check_steps(files, problem)
    check_includes(files, problem)
    check_examples(files, problem)
    check_paths(files, problem)

    for folder in ("src/", "tests/"):
        users = [
            path
            for path, text in sources.items()
            if path.startswith(folder) and re.search(r"\bEINTR\b", without_comments(text))
        ]
        for path in sorted(users)[1:]:
            problem("eintr", path, f"knows EINTR, and so does {min(users)}; one helper must do")

    systems = [path for path, text in files.items() for _ in re.findall(r"host_machine\.system\(", text)]
    if systems != ["meson.build"]:
        problem("build", "meson.build", f"host_machine.system() stands once, here; found in {systems}")
    return problems, warnings


def read_tree(root):
    files = {"meson.build": (root / "meson.build").read_text(encoding="utf-8")}
    for pattern in PAGES:
        for path in sorted(filter(pathlib.Path.is_file, root.glob(pattern))):
            files[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and (path.suffix in (".cpp", ".hpp", ".h", ".c") or path.name == "meson.build"):
                files[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
    return files


def self_test():
    """Every rule finds its bad tree, and nothing in the good one. Gives what went wrong."""
    spdx = "// SPDX-License-Identifier: MIT\n"
    good = {"meson.build": "system = host_machine.system()\n"}
    for kind in ("section", "view", "mutex"):
        for path in ("include/isthmus/{}.hpp", "src/win32/{}.cpp", "src/posix/{}.cpp", "tests/{}.cpp"):
            good[path.format(kind)] = spdx + "// not EINTR, windows.h or #ifdef _WIN32 in a comment\n"
    good["src/text.cpp"] = spdx + '#include <fmt/format.h>\nauto text = fmt::format("{}", 1);\n'
    good["examples/words.hpp"] = spdx + "#include <string>\nstd::string word;\n"
    good["examples/words.cpp"] = spdx + '#include "words.hpp"\nstd::string other; // std::vector\n'
    good[PLATFORM_HEADER] = spdx + "#if defined(_WIN32)\n#endif\n"
    good[WINDOWS_HEADER] = spdx + "#include <windows.h>\n"
    good[VENEER_HEADER] = spdx + "#include <windows.h>\n"
    good["src/posix/system/retry.hpp"] = spdx + "#include <unistd.h>\nint retried = EINTR;\n"
    good["src/posix/copy.cpp"] = spdx + 'auto text = "EINTR // #if";\nint n = 1\'000;\n'
    good["tests/process.cpp"] = spdx + "void f() { p.wait_for(1s); q.wait(); }  // untimed: its rule\n"
    good["src/win32/security.cpp"] = spdx + "#include <sddl.h>\n"
    good["tests/win32/native.cpp"] = spdx + "#include <windows.h>\n"
    good["src/mutex.cpp"] = spdx + "#if defined(ISTHMUS_SEAMS)\n#endif\n"
    declaration = "ISTHMUS_WIN32_API BOOL WINAPI {}(void);\n"
    good["include/veneer/posix/isthmus/win32/x.h"] = spdx + declaration.format("DoEx") + declaration.format("DoW")
    good[VENEER_PAGE] = "`Do(Ex)`"
    good["tests/veneer/x.c"] = "int x = DoEx() + DoW();\n"
    good[SEAM_HEADER] = good["src/posix/names/page.hpp"] = good["src/text.hpp"] = spdx
    seam = f'#include "{SEAM_HEADER[4:]}"\n'
    good["src/posix/system/clock.hpp"] = spdx + seam
    good["src/posix/names/page.cpp"] = spdx + '#include "posix/names/page.hpp"\n#include "text.hpp"\n'
    good["src/posix/wait.cpp"] = spdx + '#include "posix/system/clock.hpp"\n'
    good["src/wait.cpp"] = spdx + '#include "backend.hpp"\n'
    good["src/posix/names/apart/page.cpp"] = spdx + seam
    good["src/posix/meson.build"] = "sources_with_steps = files(\n  'wait.cpp',\n)\n"
    good["src/posix/names/meson.build"] = (
        "sources += files(\n  'page.cpp',\n)\n"
        "if x\n  sources_with_steps += files('apart/page.cpp')\nendif\n"
    )
    good["src/posix/system/meson.build"] = ""
    good[ROOMS_PAGE] = "| room | |\n|---|---|\n| `names/` | a |\n| `system/` | b |\n"
    good["README.md"] = "`src/text.hpp`, src/posix/meson.build and src/*.cpp. More: x/src/no.cpp, src/backend.hpp\n"
    bad = [
        ("condition", "src/mutex.cpp", "#ifdef _WIN32\n#endif\n"),
        ("condition", "include/isthmus/mutex.hpp", "#if \\\n defined(__linux__)\n#endif\n"),
        ("condition", "tests/mutex.cpp", "#  if X || defined(__APPLE__)\n#endif\n"),
        ("condition", "src/posix/mutex.cpp", "#if __has_include(<sys/memfd.h>)\n#endif\n"),
        ("condition", "src/view.cpp", "#if 0\n#elif __MINGW32__\n#endif\n"),
        ("windows", "src/win32/mutex.cpp", "#include <windows.h>\n"),
        ("windows", "src/win32/mutex.cpp", "# include <Winternl.h>\n"),
        ("windows", "include/isthmus/native.hpp", "#include <windows.h>\n"),
        ("windows", "tests/mutex.cpp", "#include <windows.h>\n"),
        ("windows", "src/mutex.cpp", "#include <AclAPI.h>\n"),
        ("posix", "src/mutex.cpp", "#include <unistd.h>\n"),
        ("posix", "include/isthmus/view.hpp", "#include <sys/mman.h>\n"),
        ("posix", "tests/view.cpp", "#include <sys/wait.h>\n"),
        ("posix", "src/win32/view.cpp", "#include <pthread.h>\n"),
        ("eintr", "src/posix/view.cpp", "bool again = errno == EINTR;\n"),
        ("untimed", "tests/mutex.cpp", "auto r = WaitForSingleObject(h, INFINITE);\n"),
        ("untimed", "tests/across/mutex.cpp", "child.wait();\n"),
        ("untimed", "tests/posix/mutex.cpp", "::waitpid(child, &status, 0);\n"),
        ("heavy", "include/isthmus/mutex.hpp", "#include <memory>\n"),
        ("fmt", "examples/jobs.cpp", "#include <fmt/core.h>\n"),
        ("fmt", "src/mutex.cpp", 'auto text = fmt::format("{}", 1);\n'),
        ("standard", "examples/jobs.cpp", "std::string text;\n"),
        ("late", "src/view.cpp", "bool all = std::ranges::all_of(bytes, zero);\n"),
        ("late", "include/isthmus/view.hpp", "std::atomic_ref<int> number;\n"),
        ("late", "src/name.cpp", "#include <memory_resource>\n"),
        ("length", "src/mutex.cpp", "\n" * (MAX_LINES + 1)),
        ("build", "src/meson.build", "if host_machine.system() == 'linux'\n"),
        ("stems", "src/win32/process.cpp", ""),
        ("stems", "src/posix/view.cpp", None),
        ("stems", "tests/section.cpp", None),
        ("veneer", "include/veneer/posix/isthmus/win32/y.h", declaration.format("Undo")),
        ("veneer", "tests/veneer/x.c", "int x = DoEx();  // DoW()\n"),
        ("steps", "src/posix/names/page.cpp", '#include "posix/system/clock.hpp"\n'),
        ("steps", "src/posix/names/page.hpp", '#include "posix/system/clock.hpp"\n'),
        ("steps", "src/posix/names/onefile/page.cpp", seam),
        ("include", "src/posix/names/place.hpp", '#include "page.hpp"\n'),
        ("include", "src/posix/names/place.hpp", '#include "../text.hpp"\n'),
        ("include", "src/posix/place.hpp", '#include "win32/windows.hpp"\n'),
        ("include", "src/posix/names/text.hpp", '#include "text.hpp"\n'),
        ("include", "src/name.cpp", '#include "posix/names/page.hpp"\n'),
        ("rooms", "src/posix/system/fork.hpp", '#include "posix/names/page.hpp"\n'),
        ("rooms", "src/posix/names/place.hpp", '#include "posix/place.hpp"\n'),
        ("rooms", "src/posix/cellar/place.hpp", ""),
        ("paths", "README.md", "`src/posix/text.hpp`\n"),
        ("paths", "docs/sharing.md", "As src/cellar/meson.build says.\n"),
        ("paths", "docs/models/text.pml", "/* See src/posix/names/text.cpp. */\n"),
        ("licence", "src/mutex.hpp", "#pragma once\n"),
    ]
    wrong = [f"finds in a good tree: {found}" for found in check(good)[0]]
    for rule, path, text in bad:
        tree = dict(good)
        tree["include/isthmus/process.hpp"] = spdx
        if rule == "stems" and text is None:
            del tree[path]
        else:
            tree[path] = (spdx if rule not in ("licence", "build") else "") + (text or "")
        tree["src/posix/place.hpp"] = tree.get("src/posix/place.hpp", spdx)
        if rule != "stems":
            del tree["include/isthmus/process.hpp"]
        if {found[0] for found in check(tree)[0]} != {rule}:
            wrong.append(f"'{rule}' misses {path} with {text!r}: {check(tree)[0]}")
    return wrong


def main():
    if wrong := self_test():
        print("rules: the rules themselves are broken", *wrong, sep="\n  ")
        return 1
    problems, warnings = check(read_tree(pathlib.Path(sys.argv[1])))
    for kind, found in (("warning", warnings), ("error", problems)):
        for rule, path, what in found:
            print(f"{path}: {kind}: {what} [{rule}]")
    print(f"rules: {len(problems)} errors, {len(warnings)} warnings")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
