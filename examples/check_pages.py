#!/usr/bin/env python3
"""Checks that the pages show code as it is compiled and run: check_pages.py ROOT [--fill]

Each block of C++ or C in README.md and docs/*.md follows a line '<!-- FILE -->' or '<!-- FILE REGION -->'. It
must be that file without its licence line, or its lines between '// [REGION]' and '// [end]', without the
indentation that they have in common. --fill puts them there. Links to files must lead somewhere.
"""
import pathlib
import re
import sys
import textwrap

BLOCK = re.compile(r"^<!-- ([\w./]+)(?: (\w+))? -->\n```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```c(?:pp)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MUST_SHOW = {f"examples/first_steps/{name}" for name in ("orders.hpp", "writer.cpp", "reader.cpp")}
MUST_SHOW |= {f"examples/three_ways/{name}.cpp" for name in ("parent", "child", "sender", "receiver")}


def code_of(root, name, region):
    """What the page must show, or None where there is no such file or region."""
    file = root / name
    if not file.is_file():
        return None
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    if not region:
        return "".join(lines[1:])
    begin = [i for i, line in enumerate(lines) if line.strip() == f"// [{region}]"]
    if len(begin) != 1:
        return None
    rest = lines[begin[0] + 1 :]
    end = [i for i, line in enumerate(rest) if line.strip() == "// [end]"]
    return textwrap.dedent("".join(rest[: end[0]])) if end else None


def regions_in(root):
    """All that could be shown."""
    for file in sorted([*(root / "examples/guides").glob("*.cpp"), *(root / "examples/win32").glob("*.c")]):
        for region in re.findall(r"// \[(\w+)\]$", file.read_text(encoding="utf-8"), re.MULTILINE):
            if region != "end":
                yield file.relative_to(root).as_posix(), region


def check_page(root, page, shown, fill):
    """Gives the problems of a page."""
    problems = []
    text = page.read_text(encoding="utf-8")

    def filled(found):
        name, region, language, block = found.groups()
        wanted = code_of(root, name, region)
        shown.add((name, region))
        if wanted is None:
            problems.append(f"there is no {name} {region or ''}")
        elif wanted != block and not fill:
            problems.append(f"the block differs from {name} {region or ''}")
        return f"<!-- {name}{' ' + region if region else ''} -->\n```{language}\n{wanted or block}```"

    new = BLOCK.sub(filled, text)
    if fill and new != text:
        page.write_text(new, encoding="utf-8")
    for block in CODE.findall(BLOCK.sub("", new)):
        problems.append(f"nothing compiles the block that begins '{block.splitlines()[0]}'")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", re.sub(r"```.*?```|`[^`\n]*`", "", new, flags=re.DOTALL)):
        if not (page.parent / link).exists():
            problems.append(f"leads to {link}, which is not there")
    return problems


def main():
    root, fill = pathlib.Path(sys.argv[1]), "--fill" in sys.argv
    shown, problems = set(), 0
    for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        for problem in check_page(root, page, shown, fill):
            print(f"{page.relative_to(root)}: {problem}")
            problems += 1
    for name in sorted(MUST_SHOW - {name for name, _ in shown}):
        print(f"README.md: does not show {name}")
        problems += 1
    for name, region in set(regions_in(root)) - shown:
        print(f"no page shows {name} {region}")
        problems += 1
    print(f"{len(shown)} blocks, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
