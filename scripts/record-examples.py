#!/usr/bin/env python3
"""Records the expected tables of Examples/ with other tools than Weir: `make record-examples`.

    record-examples.py FLIGHTS_DATA    run by the Python of scripts/peer.sh

Flights is built by dbt-duckdb from the very same project; shop's plain SQL is run in order by DuckDB on dbt's seeds.
Each table's columns, row count and digest go to expected/tables.csv, and small tables whole to expected/TABLE.csv.
"""

import csv
import pathlib
import shutil
import subprocess
import sys
import tempfile

import duckdb

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "Examples"
SHOP_ORDER = ["order_totals", "unpaid_orders", "customer_value", "monthly_sales", "best_sellers"]
WHOLE_BELOW = 500
DBT = pathlib.Path(sys.executable).parent / "dbt"


def dbt(folder, *arguments):
    command = [DBT, "--no-send-anonymous-usage-stats", *arguments]
    subprocess.run(command, check=True, cwd=folder)


def summary(table):
    """One row: the table, its columns, how many rows it has, and a digest of them all, whatever their order."""
    return f"""
      select '{table}' as "table",
        (select string_agg(column_name || ' ' || data_type, ', ' order by column_index)
         from duckdb_columns() where table_name = '{table}') as columns,
        count(*) as rows, md5(coalesce(string_agg(line, '' order by line), '')) as digest
      from (select md5(t::varchar) as line from "{table}" as t)"""


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(["" if value is None else value for value in row] for row in rows)


def record(database, expected):
    shutil.rmtree(expected, ignore_errors=True)
    expected.mkdir()
    with duckdb.connect(str(database), read_only=True) as connection:
        tables = [name for (name,) in connection.sql("select table_name from duckdb_tables() union all"
                  " select view_name from duckdb_views() where not internal order by 1").fetchall()]
        result = connection.sql(" union all ".join(map(summary, tables)) + " order by 1")
        rows = result.fetchall()
        write(expected / "tables.csv", result.columns, rows)
        for table, _, count, _ in rows:
            if count < WHOLE_BELOW:
                ordered = connection.sql(f'select columns(*)::varchar from (from "{table}" order by all)')
                write(expected / f"{table}.csv", ordered.columns, ordered.fetchall())


def main(data):
    with tempfile.TemporaryDirectory() as work:
        flights = pathlib.Path(work) / "flights"
        ignored = shutil.ignore_patterns("data", "target", "expected", "*.duckdb*", ".weir", "logs")
        shutil.copytree(EXAMPLES / "flights", flights, ignore=ignored)
        (flights / "data").symlink_to(data)
        dbt(flights, "build")
        record(flights / "flights.duckdb", EXAMPLES / "flights" / "expected")

        shop = pathlib.Path(work) / "shop"
        shutil.copytree(EXAMPLES / "shop", shop, ignore=shutil.ignore_patterns("models", "expected", "*.duckdb*", "tests"))
        (shop / "weir.yml").rename(shop / "dbt_project.yml")
        with open(shop / "dbt_project.yml", "a") as file:
            file.write("\nprofile: shop\n")
        (shop / "profiles.yml").write_text(
            "shop: {target: dev, outputs: {dev: {type: duckdb, path: %s}}}\n" % (shop / "shop.duckdb")
        )
        dbt(shop, "seed")
        with duckdb.connect(str(shop / "shop.duckdb")) as connection:
            for model in SHOP_ORDER:
                sql = (EXAMPLES / "shop" / "models" / f"{model}.sql").read_text()
                kind = "view" if model == "unpaid_orders" else "table"
                connection.execute(f"create {kind} {model} as {sql}")
        record(shop / "shop.duckdb", EXAMPLES / "shop" / "expected")


main(pathlib.Path(sys.argv[1]).resolve())
