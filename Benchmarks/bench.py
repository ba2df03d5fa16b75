#!/usr/bin/env python3
"""Weir beside a bare loop over DuckDB, dbt-core and Python's jinja2, in one run on one machine.

Runs of what is compared alternate, and the middle one of each counts. The bare loop's time is that of its statements
alone, from connect to close, without Python's start; Weir's and dbt's are whole processes.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import large
import projects

LOOP = """
import duckdb, json, sys, time
statements = json.load(open(sys.argv[2]))
start = time.perf_counter()
connection = duckdb.connect(sys.argv[1])
for statement in statements: connection.execute(statement)
connection.close()
print(time.perf_counter() - start)
"""


class Bench:
    def __init__(self, weir, work, dbt2=None):
        self.weir = str(pathlib.Path(weir).resolve())
        self.work = pathlib.Path(work)
        self.dbt = str(pathlib.Path(sys.executable).parent / "dbt")
        self.dbt2 = dbt2 and str(pathlib.Path(dbt2).parent / "dbt")
        self.rows = []

    def process(self, command, folder):
        """Runs a process to its end: seconds, peak memory in MiB, output. A failed one ends the benchmark."""
        with tempfile.TemporaryFile("w+") as output:
            start = time.perf_counter()
            child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(child.pid, 0)
            seconds = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read()
        if child.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {child.returncode}:\n{text[-3000:]}")
        return seconds, usage.ru_maxrss / 1024, text

    def run_weir(self, folder, *arguments):
        return self.process([self.weir, *arguments], folder)

    def run_dbt(self, folder, *arguments):
        return self.process([self.dbt, "--no-send-anonymous-usage-stats", *arguments], folder)

    def run_loop(self, folder, statements):


        (folder / "statements.json").write_text(json.dumps(statements))
        _, memory, text = self.process([sys.executable, "-c", LOOP, "bench.duckdb", "statements.json"], folder)
        return float(text.split()[-1]), memory, text

    def report(self, what, result, aim, peer=""):
        self.rows.append((what, result, aim, peer))
        print(f"{what}: {result} (aim: {aim}){'; ' + peer if peer else ''}", flush=True)

    def copies(self, name, count, models, properties=""):
        """A project in so many fresh folders. (After deleting files, ext4 looks long for room for new ones.)"""
        folders = [projects.lay_out(self.work / f"{name}-{n}", models, properties) for n in range(count)]
        os.sync()
        return folders

    def alternate(self, rounds, *runs):
        """The results of several things that are run in turns."""
        results = [[] for _ in runs]
        for _ in range(rounds):
            for index, run in enumerate(runs):
                results[index].append(run())
        return results

    def start_up(self):
        times = [self.run_weir(self.work, "--version")[0] for _ in range(41)]
        self.report("start-up, `weir --version`", f"{middle(times) * 1000:.1f} ms", "< 20 ms")

    def many_tables(self, count, rounds, with_dbt):
        templates, statements = projects.many(count)
        folders = self.copies("many", rounds, templates)
        bare = self.copies("many-bare", rounds, {})
        first, second = iter(folders), iter(bare)
        weir, loop = self.alternate(
            rounds,
            lambda: self.run_weir(next(first), "run", "--quiet"),
            lambda: self.run_loop(next(second), statements),
        )
        self.compare(f"{count} small tables, new warehouse", weir, loop, "≤ 1.3")
        weir, loop = self.alternate(
            rounds,
            lambda: self.run_weir(folders[0], "run", "--quiet"),
            lambda: self.run_loop(bare[0], statements),
        )
        peer = ""
        if with_dbt:
            (folder,) = self.copies("many-dbt", 1, templates)
            self.run_dbt(folder, "parse")
            peer = f"dbt-core {self.run_dbt(folder, 'run', '--quiet')[0]:.1f} s"
        self.compare(f"{count} small tables, built again", weir, loop, "≤ 1.3", peer)

    def heavy(self, rounds):
        folder = projects.lay_out(self.work / "heavy", {"heavy": projects.HEAVY})
        bare = projects.lay_out(self.work / "heavy-bare", {})
        statements = ["create or replace table heavy as " + projects.HEAVY]
        weir, loop = self.alternate(
            rounds, lambda: self.run_weir(folder, "run", "--quiet"), lambda: self.run_loop(bare, statements)
        )
        self.compare("one heavy table (100 M rows aggregated)", weir, loop, "≤ 1.05")

    def compare(self, what, weir, loop, aim, peer=""):
        ours, theirs = middle([run[0] for run in weir]), middle([run[0] for run in loop])
        self.report(what, f"{ours:.2f} s, bare loop {theirs:.2f} s: ratio {ours / theirs:.2f}", aim, peer)
        ours, theirs = middle([run[1] for run in weir]), middle([run[1] for run in loop])
        result = f"{ours:.0f} MiB, bare loop {theirs:.0f} MiB: {ours - theirs:+.0f} MiB"
        self.report(f"{what}: peak memory", result, "≤ +100 MiB")

    def compiling(self, count, rounds, with_dbt):
        templates, properties = projects.to_compile(count)
        folders = self.copies("compile", rounds, templates, properties)
        times = [self.run_weir(folder, "compile", "--quiet")[0] for folder in folders]
        peer = ""
        if with_dbt:
            (folder,) = self.copies("compile-dbt", 1, templates, properties)
            peer = f"dbt-core {self.run_dbt(folder, '--quiet', 'compile')[0]:.1f} s"
        what = f"load and compile {count:,} models with {count:,} checks"
        self.report(f"{what}, cold", f"{middle(times):.2f} s", "< 0.5 s", peer)
        times = [self.run_weir(folders[0], "compile", "--quiet")[0] for _ in range(rounds)]
        self.report(f"{what}, again", f"{middle(times):.2f} s", "")

    def large(self, count, rounds, with_dbt):
        """A large project with Jinja in every model: read and compiled, cold, again, and with one file edited."""
        folders = [large.write(self.work / f"large-{n}", count) for n in range(rounds)]
        os.sync()
        what = f"{count:,} models with {count:,} checks and Jinja"
        peers = {"parse": "", "compile": "", "memory": "", "cold": ""}
        if with_dbt:
            folder = large.write(self.work / "large-dbt", count)
            parsed = self.run_dbt(folder, "--quiet", "--no-partial-parse", "parse")
            compiled = self.run_dbt(folder, "--quiet", "compile")
            peers["parse"] = f"dbt-core {parsed[0]:.1f} s"
            peers["compile"] = f"dbt-core, parsed before, {compiled[0]:.1f} s"
            peers["memory"] = f"dbt-core {compiled[1]:.0f} MiB"
        if with_dbt and self.dbt2:
            folder = large.write(self.work / "large-dbt2", count)
            seconds, memory, _ = self.process([self.dbt2, "parse", "--profiles-dir", "."], folder)
            peers["cold"] = f"dbt v2 {seconds:.1f} s, {memory:.0f} MiB"
        cold = [self.run_weir(folder, "compile", "--quiet") for folder in folders]
        self.report(f"{what}: compile, cold", f"{middle([run[0] for run in cold]):.2f} s", "≤ 1 s", peers["compile"])
        again = [self.run_weir(folders[0], "compile", "--quiet")[0] for _ in range(rounds)]
        self.report(f"{what}: compile, again", f"{middle(again):.2f} s", "")
        fresh = [self.run_weir(folder, "parse", "--quiet", "--no-partial-parse") for folder in folders]
        self.report(f"{what}: parse, cold", f"{middle([run[0] for run in fresh]):.2f} s", "≤ 1 s", peers["cold"])
        for folder in folders:
            self.run_weir(folder, "parse", "--quiet")
        # Files that were written a moment ago are compared byte by byte; these have stood for a while.
        time.sleep(2.5)
        parsed = [self.run_weir(folder, "parse", "--quiet")[0] for folder in folders for _ in range(2)][1::2]
        self.report(f"{what}: parse, nothing changed", f"{middle(parsed):.2f} s", "≤ 0.06 s", peers["parse"])
        edited = []
        for folder in folders:
            model = sorted(folder.glob("models/marts/*/*.sql"))[count // 7]
            model.write_text(model.read_text() + "-- edited\n")
            edited.append(self.run_weir(folder, "parse", "--quiet")[0])
        self.changed(what, folders[0])
        self.report(f"{what}: parse, one file edited", f"{middle(edited):.2f} s", "≤ 0.1 s")
        peak = middle([run[1] for run in cold])
        self.report(f"{what}: compile, peak memory", f"{peak:.0f} MiB", "≤ 250 MB", peers["memory"])

    def changed(self, what, folder):
        """Builds the models over sources without rows, and then again with nothing to do."""
        self.run_loop(folder, large.source_tables())
        self.run_weir(folder, "build", "--quiet", "--exclude", "resource_type:test")
        again = self.run_weir(folder, "build", "--quiet", "--changed", "--exclude", "resource_type:test")
        self.report(f"{what}: build --changed of the models, nothing changed", f"{again[0]:.2f} s", "≤ 1 s")

    def templates(self):
        script = pathlib.Path(__file__).resolve().parent / "jinja" / "bench.py"
        program = pathlib.Path(self.weir).parent / "jinja-bench"
        _, _, text = self.process([sys.executable, str(script), str(program)], script.parent)
        print(text, end="")
        self.report("templates beside Python's jinja2", "; ".join(" ".join(line.split()) for line in text.splitlines()[-2:]), "20 times as fast")


def middle(values):
    return statistics.median(values)


def machine():
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory} GiB, {platform.platform()}"


def write_report(path, rows):
    lines = ["# Benchmarks", "", f"`make bench`, {datetime.date.today()}, {machine()}.", "", *__doc__.strip().splitlines()]
    lines += ["", "| what | Weir | aim | others |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--weir", required=True)
    options.add_argument("--report", help="a Markdown file to write")
    options.add_argument("--only", help="one of: start, many, heavy, compile, large, jinja")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--dbt2", help="the Python of a venv that holds dbt v2")
    options.add_argument("--no-dbt", action="store_true", help="leave out dbt-core, which takes minutes")
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(options.weir, work, options.dbt2)
        parts = {
            "start": bench.start_up,
            "many": lambda: bench.many_tables(500, options.rounds, not options.no_dbt),
            "heavy": lambda: bench.heavy(options.rounds),
            "compile": lambda: bench.compiling(1000, options.rounds, not options.no_dbt),
            "large": lambda: bench.large(10000, options.rounds, not options.no_dbt),
            "jinja": bench.templates,
        }
        for name, part in parts.items():
            if options.only in (None, name):
                part()
        if options.report and not options.only and not options.no_dbt:
            write_report(options.report, bench.rows)


main()
