#!/usr/bin/env python3
"""Takes the same snapshots with dbt-duckdb and with Weir while their sources change, and compares every history.

    snapshots.py [--weir PROGRAM]     run by a Python that has dbt-duckdb

The project `snapshots` lies beside this script; before each run the next of its `stages` changes the sources of both.
Histories are compared row by row, types included. A time that lies within a run is shown as that run's number, and an
identifier made of such a time as whether it was made by the rule. Prints what differs, and ends with 1 if anything does.
"""

import argparse
import datetime
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
# The histories, with the expressions that identify a row and the names of the added columns.
STANDARD = ["dbt_valid_from", "dbt_valid_to", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted"]
RENAMED = ["valid_from", "valid_to", "version_id", "changed_at", "is_deleted"]
HISTORIES = {
    "main.by_time": (["id"], STANDARD),
    "kept.by_time_ending": (["id"], STANDARD),
    "main_marks.marked": (["id"], STANDARD),
    "main.by_expression": (["id || '-' || region"], STANDARD),
    "main.by_list": (["id", "region"], STANDARD),
    "main.by_columns": (["id"], STANDARD),
    "main.by_all": (["id"], STANDARD),
    "main.by_all_growing": (["id"], STANDARD),
    "main.by_some_of_open": (["id"], STANDARD),
    "main.by_own": (["id"], STANDARD),
    "main.until_far": (["id"], STANDARD),
    "main.renamed": (["id", "region"], RENAMED),
    "main.far_check": (["id"], STANDARD),
}


class Tool:
    """One of the two, with a copy of the project."""

    def __init__(self, name, command, folder):
        self.name, self.command, self.folder = name, command, folder / name
        self.runs = []
        shutil.copytree(HERE / "snapshots", self.folder)

    def connect(self):
        return duckdb.connect(str(self.folder / "history.duckdb"))

    def run(self, stage):
        with self.connect() as connection:
            connection.execute(stage.read_text())
        environment = dict(os.environ, DBT_SEND_ANONYMOUS_USAGE_STATS="False", DBT_PROFILES_DIR=str(self.folder))
        start = datetime.datetime.now()
        done = subprocess.run(
            self.command, cwd=self.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.runs.append((start, datetime.datetime.now()))
        if done.returncode:
            print(done.stdout)
            sys.exit(f"{self.name} failed at stage {stage.stem}")

    def moment(self, value):
        """A time of a run as the run's number."""
        if isinstance(value, datetime.datetime):
            for number, (start, end) in enumerate(self.runs, 1):
                if start <= value <= end:
                    return f"run {number}"
        return value

    def history(self, table):
        """Types by column, and rows sorted."""
        keys, (valid_from, _, identifier, updated_at, _) = HISTORIES[table]
        parts = [f"coalesce(cast({part} as varchar), '')" for part in keys + [updated_at]]
        with self.connect() as connection:
            columns = connection.execute(f"describe {table}").fetchall()
            rows = connection.execute(
                f"select *, {' || chr(124) || '.join(parts)}, cast({valid_from} as varchar) from {table}").fetchall()
        names = [column[0] for column in columns]
        place = names.index(identifier)
        known = {row[place] for row in rows}
        shown = []
        for *values, version, since in rows:
            shown_values = [self.moment(value) for value in values]
            if any(str(value).startswith("run ") for value in (shown_values[names.index(updated_at)],)):
                made = {digest(version): "version"} | {digest(f"{old}|{since}"): "deletion" for old in known}
                shown_values[place] = made.get(values[place], values[place])
            shown.append(tuple(str(value) for value in shown_values))
        return [(column[0], column[1]) for column in columns], sorted(shown)


def digest(text):
    return hashlib.md5(text.encode()).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--weir", default=str(HERE.parents[1] / ".build/release/weir"))
    arguments = parser.parse_args()
    dbt = pathlib.Path(sys.executable).with_name("dbt")
    differences = 0
    with tempfile.TemporaryDirectory() as folder:
        tools = [
            Tool("dbt", [dbt, "build", "--quiet"], pathlib.Path(folder)),
            Tool("weir", [arguments.weir, "build", "--quiet"], pathlib.Path(folder)),
        ]
        for stage in sorted((HERE / "snapshots" / "stages").glob("*.sql")):
            for tool in tools:
                tool.run(stage)
            before = differences
            for table in HISTORIES:
                (left_types, left), (right_types, right) = (tool.history(table) for tool in tools)
                if left_types != right_types:
                    differences += 1
                    print(f"stage {stage.stem}: {table}: types\n  dbt:  {left_types}\n  weir: {right_types}")
                if left != right:
                    differences += 1
                    print(f"stage {stage.stem}: {table}: rows")
                    for row in left:
                        if row not in right:
                            print("  dbt: ", row)
                    for row in right:
                        if row not in left:
                            print("  weir:", row)
            print(f"stage {stage.stem}: {differences - before} differences", flush=True)
    print(f"{len(HISTORIES)} histories compared, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
