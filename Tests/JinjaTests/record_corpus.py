#!/usr/bin/env python3
"""Records what Python's Jinja2 makes of every template in Corpus/.

Run:   python3 Tests/JinjaTests/record_corpus.py            (needs jinja2 3.1.6: pip install jinja2==3.1.6)
Check: python3 Tests/JinjaTests/record_corpus.py --check    (fails if anything would change)

A corpus file holds cases one after the other:

    === a title                   begins a case
    --- options trim_blocks …     optional: trim_blocks, lstrip_blocks, keep_trailing_newline
    --- variables                 optional: a JSON object
    --- template                  the template; its last line end belongs to the format
    --- output                    recorded: what Jinja2 renders
    --- error                     recorded instead, where it fails: class, line (of a syntax error), message
    --- ours                      by hand, kept: what Weir gives instead, output or error, after a line that says why

Only `output` and `error` are written; everything else stays as it is.
"""
import json
import pathlib
import sys

import jinja2

FOLDER = pathlib.Path(__file__).parent / "Corpus"
OPTIONS = {"trim_blocks", "lstrip_blocks", "keep_trailing_newline"}


def read(text):
    """The cases of a file: title and sections, in order."""
    cases, sections, name = [], None, None
    for line in text.split("\n")[:-1]:
        if line.startswith("=== "):
            sections = {}
            cases.append((line[4:], sections))
            name = None
        elif line.startswith("--- "):
            words = line[4:].split()
            name = words[0]
            sections[name] = [] if name != "options" else words[1:]
        elif name is not None:
            sections[name].append(line)
        elif line.strip():
            raise SystemExit(f"a line outside of any section: {line!r}")
    return cases


def record(sections):
    """Renders a case and replaces its output or error."""
    options = sections.get("options", [])
    unknown = set(options) - OPTIONS
    if unknown:
        raise SystemExit(f"unknown options: {unknown}")
    environment = jinja2.Environment(
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], **{option: True for option in options}
    )
    variables = json.loads("\n".join(sections.get("variables", ["{}"])))
    template = "\n".join(sections["template"])
    sections.pop("output", None)
    sections.pop("error", None)
    try:
        sections["output"] = environment.from_string(template).render(variables).split("\n")
    except jinja2.TemplateSyntaxError as error:
        sections["error"] = [f"TemplateSyntaxError {error.lineno}", *str(error.message).split("\n")]
    except SyntaxError as error:
        sections["error"] = ["SyntaxError", *str(error.msg).split("\n")]
    except Exception as error:  # noqa: BLE001 - every failure is a recorded result
        sections["error"] = [type(error).__name__, *str(error).split("\n")]


def write(cases):
    lines = []
    for title, sections in cases:
        lines.append(f"=== {title}")
        for name in ["options", "variables", "template", "output", "error", "ours"]:
            if name not in sections:
                continue
            if name == "options":
                lines.append("--- options " + " ".join(sections[name]))
                continue
            lines.append(f"--- {name}")
            lines.extend(sections[name])
    return "\n".join(lines) + "\n"


def main():
    if jinja2.__version__ != "3.1.6":
        raise SystemExit(f"jinja2 3.1.6 is the reference, and this is {jinja2.__version__}")
    total, changed = 0, []
    for path in sorted(FOLDER.glob("*.txt")):
        old = path.read_text(encoding="utf-8")
        cases = read(old)
        for title, sections in cases:
            try:
                record(sections)
            except Exception as error:
                raise SystemExit(f"{path.name}: {title}: {error}") from error
        new = write(cases)
        total += len(cases)
        if new != old:
            changed.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(new, encoding="utf-8", newline="\n")
    print(f"{total} cases; changed: {', '.join(changed) or 'nothing'}")
    if "--check" in sys.argv and changed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
