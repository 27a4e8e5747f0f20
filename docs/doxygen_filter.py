#!/usr/bin/env python3
"""What doxygen reads instead of a file: doxygen_filter.py FILE

Of a header, the comment at its top becomes the description of the file. Of a page, links to what is no page
become plain text, because the reference has no such files.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]


# Specialisations of other libraries' templates, which doxygen does not know.
FOREIGN = re.compile(r"^template <>\nstruct (?:std|fmt)::(?:[^\n]*\{\};\n|.*?^\};\n)", re.MULTILINE | re.DOTALL)


def header(path, text):
    text = FOREIGN.sub("", text)
    lines = text.split("\n")
    top = []
    for line in lines[2:] if lines[0].startswith("// SPDX") else []:
        if not line.startswith("//"):
            break
        top.append(line[2:].removeprefix(" "))
    if not top:
        return text
    page, code = [f"/** @file isthmus/{path.name}"], False
    for line in top:
        # What is set apart by two spaces or more is shown as it stands, but for lists.
        apart = line.startswith("  ") and not line.lstrip().startswith("- ")
        listed = line.startswith("  ") and page[-1].lstrip().startswith(("- ", "  "))
        apart = apart and not (listed and not code)
        if apart and not code:
            page.append("@verbatim")
        if code and not apart and line:
            page.append("@endverbatim")
        code = apart or (code and not line)
        page.append(line.replace("*/", "* /"))
    if code:
        page.append("@endverbatim")
    # One line more than before would shift the numbers of all that follows, which matters to nobody.
    return "\n".join([lines[0], *page, "*/", *lines[2 + len(top) :]])


def page(path, text):
    def link(found):
        label, target = found.groups()
        target = target.split("#")[0]
        if not target:
            return label
        if target.endswith(".svg"):
            return f"[{label}]({pathlib.PurePath(target).name})"
        inside = (path.parent / target).resolve()
        if inside.parent == ROOT / "docs" and inside.suffix == ".md":
            return f"[{label}]({inside.name})"
        return label if label.startswith("`") or "." in label or "/" in label else f"{label} (`{target.replace('../', '')}`)"

    text = re.sub(r"^<!-- .* -->\n", "", text, flags=re.MULTILINE)
    # Code stays as it is.
    parts = re.split(r"(^```.*?^```$|`[^`\n]*`)", text, flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [re.sub(r"\[([^\]]+)\]\((?!https?:)([^)]+)\)", link, part) for part in parts[::2]]
    return "".join(parts)


def main():
    path = pathlib.Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    print(header(path, text) if path.suffix == ".hpp" else page(path, text), end="")


if __name__ == "__main__":
    main()
