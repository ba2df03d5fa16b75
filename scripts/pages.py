#!/usr/bin/env python3
"""Puts the sources of the documentation's page (Web/documentation) into the program, as Swift texts.

    pages.py            writes Sources/Catalog/Documentation/Generated anew
    pages.py --check    ends with 1 if a file there is not what would be written
"""

import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PAGE = TOP / "Web/documentation"
FOLDER = TOP / "Sources/Catalog/Documentation/Generated"
# In the order in which the page has them.
SCRIPTS = [
    "dom", "markdown-inline", "markdown", "sql", "project", "search", "layout", "selection", "panning", "lineage",
    "navigation", "parts", "pages-node", "pages", "main",
]


def constant(name):
    """`pages-node` becomes `pagesNode`."""
    first, *rest = name.split("-")
    return first + "".join(word.capitalize() for word in rest)


def quoted(text):
    """A raw Swift text of lines, with as many number signs as it takes."""
    signs = "#"
    while f'"""{signs}' in text or f"\\{signs}" in text:
        signs += "#"
    return f'{signs}"""\n{text}\n"""{signs}'


def generated():
    """Every file by name."""
    head = "// swift-format-ignore-file\n// Made by scripts/pages.py of {}: change that, and run the script.\n"
    files = {}
    for path in [PAGE / "page.html", PAGE / "style.css"] + [PAGE / f"{name}.js" for name in SCRIPTS]:
        name = constant(path.stem)
        text = f"extension PageSources {{\n  static let {name} = {quoted(path.read_text())}\n}}\n"
        files[f"PageSources+{name[0].upper()}{name[1:]}.swift"] = head.format(path.relative_to(TOP)) + text
    names = ", ".join(constant(name) for name in SCRIPTS)
    files["PageSources.swift"] = (
        head.format("Web/documentation") + "/// The documentation's page as it is written, file by file.\nenum PageSources {\n"
        f"  /// The scripts, in order.\n  static let scripts = [\n    {names}\n  ]\n}}\n"
    )
    return files


def main():
    files = generated()
    known = {path.name: path.read_text() for path in FOLDER.glob("*.swift")}
    if "--check" in sys.argv[1:]:
        wrong = sorted(name for name in files.keys() | known.keys() if files.get(name) != known.get(name))
        if wrong:
            sys.exit(f"not in step with Web/documentation: {', '.join(wrong)}; run scripts/pages.py")
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in known.keys() - files.keys():
        (FOLDER / name).unlink()
    for name, text in files.items():
        if known.get(name) != text:
            (FOLDER / name).write_text(text)


main()
