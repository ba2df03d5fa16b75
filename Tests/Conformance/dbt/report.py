"""Writes docs/conformance.md from what a run of dbt's acceptance tests left.

    report.py record DBT.json        what dbt itself passes becomes `passing.txt`
    report.py write WEIR.json        the table; exit code 1 if a test failed that is not in `known.txt`
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "docs/conformance.md"
HEAD = """# dbt's acceptance tests
dbt publishes tests for its adapters (`dbt-tests-adapter` 1.20.0). `make conformance` runs each one that dbt-core 1.11.16 with
dbt-duckdb 1.11.0 passes as it stands, with `weir` in the place of dbt: the tests write a project, call a command, and look at the
artifacts and at the tables. This page is written by that run.
"""


def record(path):
    """The tests that dbt passes, a line each."""
    outcomes = json.loads(pathlib.Path(path).read_text())
    passed = sorted(name for name, found in outcomes.items() if found["outcome"] == "passed")
    (HERE / "passing.txt").write_text("\n".join(passed) + "\n")
    print(f"{len(passed)} of {len(outcomes)} tests are passed by dbt itself")


def reason(words):
    """The line of a failure that says most, short enough for a table."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    told = next((line for line in lines if "error[" in line or "Error" in line or "assert" in line), "".join(lines[:1]))
    told = re.sub(r"/tmp/\S*/", "…/", told)
    return re.sub(r"test\d{8,}_test_adapter", "…", told).replace("|", "\\|")[:160]


def write(path):
    outcomes = json.loads(pathlib.Path(path).read_text())
    known = dict(line.split("\t", 1) for line in (HERE / "known.txt").read_text().splitlines() if "\t" in line)
    wanted = (HERE / "passing.txt").read_text().split("\n")[:-1]
    rows, failures, news = {}, 0, []
    for name in wanted:
        found = outcomes.get(name, {"outcome": "not run", "words": ""})
        is_passed = found["outcome"] == "passed"
        failures += not is_passed
        if not is_passed and name not in known:
            news.append(name)
        group, _, test = name.partition("::")
        why = "" if is_passed else known.get(name) or reason(found["words"])
        rows.setdefault(group, []).append((test, is_passed, why))
    lines = [HEAD, f"**{len(wanted) - failures} of {len(wanted)} pass.**", "", "| class | passes | fails |", "|---|---|---|"]
    for group, tests in sorted(rows.items()):
        passes = sum(is_passed for _, is_passed, _ in tests)
        fails = "<br>".join(f"`{test}`: {why}" for test, is_passed, why in tests if not is_passed)
        lines.append(f"| `{group.removeprefix('Test_')}` | {passes} of {len(tests)} | {fails} |")
    PAGE.write_text("\n".join(lines) + "\n")
    print(f"{len(wanted) - failures} passed, {failures} failed; the table is {PAGE}")
    for name in news:
        print(f"fails, and is not known to: {name}", file=sys.stderr)
    return 1 if news else 0


if __name__ == "__main__":
    sys.exit({"record": record, "write": write}[sys.argv[1]](sys.argv[2]))
