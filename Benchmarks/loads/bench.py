"""Loads of five million rows: Weir beside the bare engine and beside dlt by its fastest path, in one run.

Usage: bench.py WEIR [--rows N] [--rounds N] [--peer PYTHON-WITH-DLT] [--folder F] [--only NAME] [--report FILE]
Every run is a process of its own with a warehouse of its own, all programs in each round. The least wall time of all
rounds counts; the peak of memory is the process's own. Prints a table in Markdown.
"""
import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import duckdb

import sources

BARE = """
import duckdb, os, sys
c = duckdb.connect(sys.argv[1])
c.execute(os.environ["BENCH_SETUP"] or "select 1")
c.execute("create table orders as select * from " + os.environ["BENCH_READ"])
c.close()
"""

# Arrow from the source to the destination: of files, as the engine reads them; of a database, by dlt's own fast reader.
DLT = """
import dlt, duckdb, os, sys
database = sys.argv[1]
def orders():
    engine = duckdb.connect()
    engine.execute(os.environ["BENCH_SETUP"] or "select 1")
    yield from engine.sql("select * from " + os.environ["BENCH_READ"]).to_arrow_reader(100_000)
if os.environ["BENCH_ADDRESS"]:
    from dlt.sources.sql_database import sql_table
    rows = sql_table(credentials=os.environ["BENCH_ADDRESS"], table="orders", schema="public", backend="connectorx",
                     reflection_level="minimal", backend_kwargs={"return_type": "arrow_stream"})
else:
    rows = dlt.resource(orders, name="orders")
pipeline = dlt.pipeline("bench", destination=dlt.destinations.duckdb(database), dataset_name="shop",
                        pipelines_dir=database + ".dlt")
pipeline.run(rows, loader_file_format="parquet", write_disposition="replace")
"""


def measure(command, folder, variables=None):
    """Wall seconds and peak megabytes of a process."""
    environment = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", **(variables or {})}
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} failed:\n{output.decode()}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def fresh(folder, name):
    """An empty folder: after deletions the file system bills the next files."""
    path = os.path.join(folder, name)
    os.makedirs(path)
    return path


def count(warehouse):
    """How many rows arrived, asked in a process of its own."""
    script = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).sql('select count(*) from shop.orders').fetchone()[0])"
    return int(subprocess.check_output([sys.executable, "-c", script, warehouse]))


def full(options, folder, source):
    """The load of all rows: the best of each program."""
    best = {}
    for number in range(options.rounds):
        place = fresh(folder, f"{source.name}-bare-{number}")
        runs = {"bare": ([sys.executable, "-c", BARE, place + "/w.duckdb"], place)}
        place = fresh(folder, f"{source.name}-weir-{number}")
        source.write_project(place)
        runs["weir"] = ([options.weir, "load"], place)
        if options.peer:
            place = fresh(folder, f"{source.name}-dlt-{number}")
            runs["dlt"] = ([options.peer, "-c", DLT, place + "/w.duckdb"], place)
        for who, (command, place) in runs.items():
            best[who] = min(best.get(who, (1e9, 0)), measure(command, place, source.variables()))
            if who != "bare" and number == 0:
                arrived = count(place + ("/bench.duckdb" if who == "weir" else "/w.duckdb"))
                assert arrived == options.rows, f"{who} brought {arrived} rows of {source.name}"
            shutil.rmtree(place)
    return best


def incremental(options, folder, data):
    """A thousand new rows merged into all of them."""
    place = fresh(folder, "incremental")
    os.makedirs(place + "/in")
    shutil.copy(data + "/o.parquet", place + "/in/0.parquet")
    source = sources.Source("", "", "*.parquet", place + "/in")
    source.write_project(place, ", write: merge, key: order_id, cursor: updated_at")
    measure([options.weir, "load"], place)
    best = (1e9, 0)
    for number in range(1, options.rounds + 2):
        first = options.rows + 500 * number
        duckdb.execute(f"""copy (
            select (i - 500)::bigint as order_id, 1::bigint as customer_id,
              timestamp '2024-01-01' + to_seconds(i) as updated_at, 'back' as status, 1.5::double as amount,
              1::bigint as qty, 'x' as customer, true as is_gift
            from range({first}, {first} + 1000) t(i)) to '{place}/in/{number}.parquet'""")
        best = min(best, measure([options.weir, "load"], place))
    return best


def line(name, best):
    """A row of the table."""
    bare, weir, dlt = best["bare"], best["weir"], best.get("dlt")
    peer = f"{dlt[0]:.2f} s | {dlt[0] / weir[0]:.1f} | {dlt[1]:.0f} MB" if dlt else "– | – | –"
    return (f"| {name} | {bare[0]:.2f} s | {weir[0]:.2f} s | {weir[0] / bare[0]:.2f} | {bare[1]:.0f} MB "
            f"| {weir[1]:.0f} MB | {peer} |")


def run(options, folder):
    """All figures, as lines of Markdown."""
    data = fresh(folder, "data")
    sources.in_process(sources.make_files, options.rows, data)
    lines = [
        f"| {options.rows:,} rows × 8 columns | bare engine | Weir | Weir / bare | bare's peak | Weir's peak | dlt (Arrow) "
        "| dlt / Weir | dlt's peak |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    with contextlib.ExitStack() as stack:
        every = sources.files(data)
        for make in (sources.object_store, sources.database):
            every.append(stack.enter_context(make(data)))
        for source in every:
            if not options.only or options.only in source.name:
                lines.append(line(source.name, full(options, folder, source)))
                print(lines[-1], file=sys.stderr)
    wall, peak = incremental(options, folder, data)
    lines += ["", f"Merging 1,000 rows (500 of them new) into {options.rows:,}: {wall:.2f} s, {peak:.0f} MB."]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer")
    parser.add_argument("--folder")
    parser.add_argument("--only", help="the sources whose name holds this")
    parser.add_argument("--report", help="a Markdown file that gets a section")
    options = parser.parse_args()
    options.weir = os.path.abspath(options.weir)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        text = run(options, folder)
    print(text)
    if options.report:
        report = pathlib.Path(options.report)
        before = report.read_text().split("\n## Loads\n")[0].rstrip()
        report.write_text(f"{before}\n\n## Loads\nThe programs of a line ran in turn; the least of {options.rounds} rounds counts, "
                          "each a whole process. `dlt` takes its fastest path: Arrow tables, written as Parquet; from "
                          f"PostgreSQL by connectorx.\n\n{text}\n")


if __name__ == "__main__":
    main()
