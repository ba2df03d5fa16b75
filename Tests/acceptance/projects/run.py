#!/usr/bin/env python3
"""Builds public dbt projects with dbt-duckdb and with weir, each into files of its own, and compares what came out:
every relation (columns, types, rows as a multiset) and the verdict of every node.

    run.py --cache FOLDER --weir PROGRAM [--keep FOLDER] [--document FILE] [PROJECT...]

Projects are brought from GitHub, or from the folder of snapshots that WEIR_PROJECTS names; nothing is kept in the
repository. What cannot be brought is skipped, and said. Exits 1 where a difference has no reason in projects.yml.
"""

import argparse
import dataclasses
import fnmatch
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import yaml

import bring
import tables

HERE = pathlib.Path(__file__).parent
VERDICTS = {"success": "passed", "pass": "passed", "warn": "warned", "fail": "failed", "error": "failed"}
TIME_LIMIT = 900


@dataclasses.dataclass
class Outcome:
    """What comparing one project came to."""

    project: dict
    skipped: str = ""
    nodes: int = 0
    checks: int = 0
    relations: int = 0
    seconds: dict = dataclasses.field(default_factory=dict)
    differences: list = dataclasses.field(default_factory=list)
    held_back: list = dataclasses.field(default_factory=list)

    @property
    def verdict(self):
        if self.skipped:
            return "skipped"
        if not self.differences:
            return "equal"
        return f"differs: {self.project['known']}" if "known" in self.project else "DIFFERENT"

    @property
    def is_surprise(self):
        """Whether it differs and nobody has said why."""
        return self.verdict == "DIFFERENT"


class Builder:
    """Runs one tool's commands in a project's copy."""

    def __init__(self, tool, program, project, home):
        self.tool, self.program, self.project, self.home = tool, str(program), project, home
        self.log = home / f"{tool}.out"
        settings = {"PYTHON": sys.executable, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_PROFILES_DIR": ".", **project.get("environment", {})}
        self.environment = {**os.environ, **{name: str(value) for name, value in settings.items()}}

    def run(self, *arguments):
        """Runs a command of the tool; returns its exit code and how many seconds it took."""
        start = time.monotonic()
        with open(self.log, "ab") as log:
            done = subprocess.run(
                [self.program, *arguments], cwd=self.home, env=self.environment, stdout=log, stderr=log,
                timeout=TIME_LIMIT,
            )
        return done.returncode, time.monotonic() - start

    def build(self):
        for command in self.project.get("prepare", []):
            subprocess.run(command, shell=True, cwd=self.home, env=self.environment, check=True)
        if (self.home / "packages.yml").exists() or (self.home / "dependencies.yml").exists():
            self.run("deps")
        seconds = 0.0
        for command in self.project.get("commands", [["build"]]):
            _, took = self.run(*command)
            seconds += took
        return seconds

    def last_words(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:])[:500]

    def manifest(self):
        """The nodes of the last manifest."""
        return json.loads((self.home / "target/manifest.json").read_text())["nodes"]

    def verdicts(self):
        """The verdict of every node of the last build, but for what dbt alone lists: hooks."""
        results = self.home / "target/run_results.json"
        if not results.exists():
            return {}
        entries = json.loads(results.read_text())["results"]
        return {
            entry["unique_id"]: VERDICTS.get(entry["status"], entry["status"])
            for entry in entries
            if entry["unique_id"].split(".")[0] != "operation"
        }


def compare(project, packages, options, folder):
    """Builds one project with both tools and says what differs."""
    outcome = Outcome(project)
    builders = {}
    for tool, program in (("dbt", pathlib.Path(sys.executable).parent / "dbt"), ("weir", options.weir)):
        # Both live at the same path in turn: what a project writes about its own files is then the same.
        home = bring.lay_out(project, packages, options.cache, folder / "tree")
        builder = Builder(tool, program, project, home)
        outcome.seconds[tool] = builder.build()
        (folder / "tree").rename(folder / tool)
        builder.home = folder / tool / home.relative_to(folder / "tree")
        builder.log = builder.home / builder.log.name
        builders[tool] = builder
    names = compare_verdicts(outcome, builders)
    compare_tables(outcome, builders, folder, names)
    return outcome


def compare_verdicts(outcome, builders):
    """Compares verdicts; returns the relations that Weir did not publish because a check failed with both tools."""
    left, right = builders["dbt"].verdicts(), builders["weir"].verdicts()
    outcome.checks = sum(name.startswith(("test.", "unit_test.")) for name in left)
    outcome.nodes = len(left) - outcome.checks
    for tool, verdicts in (("dbt", left), ("weir", right)):
        if not verdicts:
            outcome.differences.append(f"{tool} built nothing: {builders[tool].last_words()}")
            return []
    manifest = builders["weir"].manifest()
    held = held_back(left, right, manifest)
    outcome.held_back = sorted(held)
    allowed = [entry["node"] for entry in outcome.project.get("allowed", []) if "node" in entry]
    for name in sorted(left.keys() | right.keys()):
        if name in held or any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed):
            continue
        if left.get(name) != right.get(name):
            outcome.differences.append(f"{name}: {left.get(name)} by dbt, {right.get(name)} by weir")
    return [f"{manifest[name]['schema']}.{manifest[name]['alias']}" for name in held]


def held_back(left, right, manifest):
    """Nodes that dbt left in place although a check of theirs did not pass, which Weir does not publish."""
    held = set()
    for check, verdict in right.items():
        if check not in manifest or check.split(".")[0] != "test":
            continue
        # It failed with both, or could not be asked because something that it reads failed with both.
        if left.get(check) == verdict and verdict in ("failed", "skipped"):
            held |= {
                node for node in manifest[check]["depends_on"]["nodes"]
                if left.get(node) == "passed" and right.get(node) in ("failed", "skipped")
            }
    return held


def compare_tables(outcome, builders, folder, held):
    found = {tool: tables.databases(folder / tool) for tool in builders}
    brought = set(outcome.project.get("data", []))
    allowed = [entry for entry in outcome.project.get("allowed", []) if "relation" in entry]
    allowed += [{"relation": name, "columns": ["*"]} for name in held]
    before = pathlib.Path.cwd()
    for number, name in enumerate(sorted((found["dbt"].keys() | found["weir"].keys()) - brought)):
        if name not in found["dbt"] or name not in found["weir"]:
            outcome.differences.append(f"{name} is written by one tool alone")
            continue
        copies = []
        for tool in ("dbt", "weir"):
            # Views over files of the project name them relative to where it runs.
            os.chdir(builders[tool].home)
            scratch = folder / f"{tool}-{number}.scratch"
            copies.append(tables.Copy(found[tool][name], scratch, outcome.project.get("setup", [])))
        os.chdir(before)
        outcome.relations += len(copies[0].columns)
        outcome.differences += tables.differences(*copies, allowed)


def line(outcome):
    if outcome.skipped:
        return f"{outcome.project['name']:34} SKIPPED: {outcome.skipped}"
    seconds = " ".join(f"{tool} {outcome.seconds[tool]:6.1f} s" for tool in ("dbt", "weir"))
    counts = f"{outcome.nodes:4} nodes {outcome.checks:4} checks {outcome.relations:4} relations"
    held = f", {len(outcome.held_back)} held back" if outcome.held_back else ""
    return f"{outcome.project['name']:34} {counts}  {seconds}  {outcome.verdict}{held}"


def document(outcomes, file):
    """Writes the page of results: a line a project, and what may differ, with reasons."""
    rows, reasons = [], []
    for outcome in outcomes:
        project = outcome.project
        address = f"https://github.com/{project['repository']}"
        place = f" ({project['folder']})" if "folder" in project else ""
        cells = [f"[{project['repository']}]({address}){place}", f"`{project['commit'][:10]}`"]
        if outcome.skipped:
            rows.append([*cells, "", "", "", "", "", f"skipped: {outcome.skipped}"])
            continue
        cells += [outcome.nodes, outcome.checks, outcome.relations]
        cells += [f"{outcome.seconds[tool]:.1f}" for tool in ("dbt", "weir")]
        notes = []
        if outcome.held_back:
            notes.append(f"{len(outcome.held_back)} not published, as checks fail")
        if project.get("allowed"):
            notes.append("but for what is below")
        rows.append([*cells, ", ".join([outcome.verdict, *notes])])
        for entry in project.get("allowed", []):
            what = entry.get("node") or f"{entry['relation']}: {', '.join(entry['columns'])}"
            reasons.append(f"- **{project['name']}**, `{what}`: {entry['reason']}")
    text = (HERE / "projects.md.head").read_text()
    text += "\n| project | commit | nodes | checks | relations | dbt, s | Weir, s | tables and verdicts |\n"
    text += "|---|---|---|---|---|---|---|---|\n"
    text += "".join("| " + " | ".join(map(str, row)) + " |\n" for row in rows)
    if reasons:
        text += "\n## What may differ, and why\n" + "\n".join(reasons) + "\n"
    file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--weir", type=lambda path: pathlib.Path(path).resolve(), required=True)
    parser.add_argument("--keep", type=pathlib.Path, help="leave the copies that were built in this folder")
    parser.add_argument("--document", type=pathlib.Path, help="write the results to this page")
    parser.add_argument("projects", nargs="*")
    options = parser.parse_args()
    listed = yaml.safe_load((HERE / "projects.yml").read_text())
    outcomes = []
    for project in listed["projects"]:
        if options.projects and project["name"] not in options.projects:
            continue
        work = (options.keep / project["name"]) if options.keep else pathlib.Path(tempfile.mkdtemp())
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            outcomes.append(compare(project, listed["packages"], options, work.resolve()))
        except bring.NotHere as reason:
            outcomes.append(Outcome(project, skipped=str(reason)))
        except subprocess.TimeoutExpired as late:
            outcomes.append(Outcome(project, differences=[f"{late.cmd[0]} took over {TIME_LIMIT} s"]))
        finally:
            if not options.keep:
                shutil.rmtree(work)
        print(line(outcomes[-1]), flush=True)
        for difference in outcomes[-1].differences if outcomes[-1].is_surprise else []:
            print(f"    {difference}", flush=True)
    if options.document:
        document(outcomes, options.document)
    sys.exit(any(outcome.is_surprise for outcome in outcomes))


main()
