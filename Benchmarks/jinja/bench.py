#!/usr/bin/env python3
"""Compares Weir's template engine with Python's Jinja2 on the templates in this folder, in one run.

Run from the repository, with jinja2 installed:
    swift build -c release --product jinja-bench && python3 Benchmarks/jinja/bench.py
Both render the same templates with the same functions; their outputs must be equal.
"""
import json
import math
import pathlib
import subprocess
import sys
import time

import jinja2

FOLDER = pathlib.Path(__file__).parent
SECONDS = 1.0


def functions():
    settings = json.loads((FOLDER / "variables.json").read_text())["settings"]
    relation = lambda *names: f'"db"."main"."{names[-1]}"'  # noqa: E731
    return {
        "config": lambda **_: "",
        "ref": relation,
        "source": relation,
        "var": lambda name, default="x": default,
        "is_incremental": lambda: True,
        "this": '"db"."main"."this"',
        "settings": settings,
    }


def best(body, seconds):
    """Microseconds of one call, the best of the batches that fit into the time."""
    result, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(20):
            body()
        result = min(result, (time.perf_counter() - start) / 20 * 1e6)
    return result


def checksum(text):
    value = 5381
    for byte in text.encode():
        value = (value * 33 + byte) & 0xFFFFFFFF
    return value


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ".build/release/jinja-bench"
    lines = subprocess.run(
        [program, str(FOLDER), str(SECONDS)], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    environment = jinja2.Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], cache_size=0)
    variables = functions()
    whole, failed, ratios = 1.0, False, []
    print(f"{'template':11} {'parse µs':>10} {'jinja2':>10} {'ratio':>7} {'render µs':>10} {'jinja2':>10} {'ratio':>7}")
    for line in lines:
        name, parsing, rendering, found = line.split()
        source = (FOLDER / "templates" / f"{name}.sql").read_text()
        template = environment.from_string(source)
        same = checksum(template.render(variables)) == int(found)
        failed = failed or not same
        theirs = best(lambda: template.render(variables), SECONDS)
        theirs_parsing = best(lambda: environment.from_string(source), SECONDS / 4)
        ratio = theirs / float(rendering)
        ratios.append((ratio, name))
        whole *= (theirs + theirs_parsing) / (float(rendering) + float(parsing))
        print(
            f"{name:11} {float(parsing):10.1f} {theirs_parsing:10.1f} {theirs_parsing / float(parsing):7.1f}"
            f" {float(rendering):10.2f} {theirs:10.2f} {ratio:7.1f}" + ("" if same else "  OUTPUT DIFFERS")
        )
    print(f"Against Jinja2 {jinja2.__version__}, geometric mean of the templates:")
    print(f"  parsing once and rendering once: {whole ** (1 / len(lines)):.1f} times as fast")
    mean = math.prod(ratio for ratio, _ in ratios) ** (1 / len(ratios))
    (least, slowest), (most, quickest) = min(ratios), max(ratios)
    print(
        f"  rendering alone, parsed before: {mean:.1f} times as fast"
        f" (from {least:.1f}, {slowest}, to {most:.1f}, {quickest})"
    )
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
