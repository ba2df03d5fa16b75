#!/usr/bin/env python3
"""Compares what two tools made of one project: compare.py FOLDER FOLDER; exits 1 where they differ."""

import collections
import json
import pathlib
import sys

import duckdb

VERDICTS = {"success": "passed", "pass": "passed", "warn": "warned", "fail": "failed", "error": "failed"}


def verdicts(folder):
    results = json.loads((folder / "target/run_results.json").read_text())["results"]
    return {result["unique_id"]: VERDICTS.get(result["status"], result["status"]) for result in results}


def relations(folder):
    (file,) = folder.glob("*.duckdb")
    connection = duckdb.connect(str(file), read_only=True)
    columns = connection.sql(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() where not internal"
        " order by schema_name, table_name, column_index"
    ).fetchall()
    found = collections.defaultdict(lambda: ([], []))
    for schema, table, column, kind in columns:
        found[schema, table][0].append((column, kind))
    for (schema, table), (_, rows) in found.items():
        rows += connection.sql(f'from "{schema}"."{table}" order by all').fetchall()
    return found


def compare(what, left, right):
    differences = 0
    for key in sorted(left.keys() | right.keys()):
        if left.get(key) != right.get(key):
            differences += 1
            print(f"{what} {key} differs:\n  {str(left.get(key))[:500]}\n  {str(right.get(key))[:500]}")
    print(f"{what}: {len(left)} compared, {differences} differ")
    return differences


folders = [pathlib.Path(argument) for argument in sys.argv[1:3]]
sys.exit(
    compare("node", *map(verdicts, folders)) + compare("table", *map(relations, folders)) > 0
)
