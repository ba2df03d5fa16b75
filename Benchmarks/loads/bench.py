"""Loads of five million rows: Weir beside the bare engine and beside dlt by its fastest path, in one run.

Usage: bench.py WEIR [--rows N] [--rounds N] [--peer PYTHON-WITH-DLT] [--folder F]
Every run is a process of its own with a warehouse of its own. The least wall time of all rounds counts; the peak of its
memory is the process's own. Prints a table in Markdown.
"""
import argparse
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time

import duckdb

SOURCE = """
create table o as select i::bigint as order_id, (i * 7919 % 100003)::bigint as customer_id,
  timestamp '2024-01-01' + to_seconds(i) as updated_at, ['new', 'paid', 'sent', 'back'][1 + (i % 4)] as status,
  round((i * 31 % 100000) / 100, 2)::double as amount, (i % 7)::bigint as qty, 'name ' || (i % 9999) as customer,
  (i % 2 = 0) as is_gift
from range({rows}) t(i)
"""

BARE = """
import duckdb, sys
c = duckdb.connect(sys.argv[1])
c.execute(f"create table orders as select * from {sys.argv[2]}")
c.close()
"""

DLT = """
import dlt, duckdb, sys
database, read = sys.argv[1:3]
def orders():
    yield from duckdb.connect().sql(f"select * from {read}").to_arrow_reader(100_000)
pipeline = dlt.pipeline("bench", destination=dlt.destinations.duckdb(database), dataset_name="shop",
                        pipelines_dir=database + ".dlt")
pipeline.run(dlt.resource(orders, name="orders"), loader_file_format="parquet", write_disposition="replace")
"""


def measure(command, folder):
    """Wall seconds and peak megabytes of a process."""
    start = time.monotonic()
    environment = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false"}
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


def project(folder, source, extra=""):
    os.makedirs(folder + "/loads")
    with open(folder + "/weir.yml", "w") as file:
        file.write("name: bench\n")
    with open(folder + "/loads/shop.yml", "w") as file:
        file.write(f"loads:\n  - name: shop\n    from: {os.path.dirname(source)}\n    tables:\n"
                   f"      - {{name: orders, from: '{os.path.basename(source)}'{extra}}}\n")


def full(options, folder, data):
    """The load of a whole file, in each format."""
    reads = {"CSV": f"read_csv('{data}/o.csv')", "NDJSON": f"read_json('{data}/o.ndjson')",
             "Parquet": f"read_parquet('{data}/o.parquet')"}
    rows = []
    for name, read in reads.items():
        best = {}
        for number in range(options.rounds):
            place = fresh(folder, f"{name}-bare-{number}")
            runs = {"bare": ([sys.executable, "-c", BARE, place + "/w.duckdb", read], place)}
            place = fresh(folder, f"{name}-weir-{number}")
            project(place, read.split("'")[1])
            runs["weir"] = ([options.weir, "load"], place)
            if options.peer:
                place = fresh(folder, f"{name}-dlt-{number}")
                runs["dlt"] = ([options.peer, "-c", DLT, place + "/w.duckdb", read], place)
            for who, (command, place) in runs.items():
                best[who] = min(best.get(who, (1e9, 0)), measure(command, place))
                shutil.rmtree(place)
        rows.append((name, best))
    return rows


def make_source(rows, folder):
    """The files that are loaded."""
    connection = duckdb.connect()
    connection.execute(SOURCE.format(rows=rows))
    for name, form in (("o.csv", "(header)"), ("o.ndjson", "(format json)"), ("o.parquet", "")):
        connection.execute(f"copy o to '{folder}/{name}' {form}")
    connection.close()


def incremental(options, folder, data):
    """A thousand new rows merged into all of them."""
    place = fresh(folder, "incremental")
    os.makedirs(place + "/in")
    shutil.copy(data + "/o.parquet", place + "/in/0.parquet")
    project(place, place + "/in/*.parquet", ", write: merge, key: order_id, cursor: updated_at")
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer")
    parser.add_argument("--folder")
    parser.add_argument("--report", help="a Markdown file to write")
    options = parser.parse_args()
    options.weir = os.path.abspath(options.weir)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = fresh(folder, "data")
        # In a process of its own: what this one holds would count as the peak of those that it starts.
        maker = multiprocessing.get_context("spawn").Process(target=make_source, args=(options.rows, data))
        maker.start()
        maker.join()
        lines = [
            f"| {options.rows:,} rows × 8 columns | bare engine | Weir | ratio | Weir's peak | dlt (Arrow) | dlt / Weir |",
            "|---|---:|---:|---:|---:|---:|---:|"]
        for name, best in full(options, folder, data):
            bare, weir, dlt = best["bare"], best["weir"], best.get("dlt")
            peer = f"{dlt[0]:.2f} s | {dlt[0] / weir[0]:.1f}" if dlt else "– | –"
            lines.append(f"| {name} | {bare[0]:.2f} s | {weir[0]:.2f} s | {weir[0] / bare[0]:.2f} "
                         f"| {weir[1]:.0f} MB | {peer} |")
        wall, peak = incremental(options, folder, data)
        lines += ["", f"Merging 1,000 rows (500 of them new) into {options.rows:,}: {wall:.2f} s, {peak:.0f} MB."]
    text = "\n".join(lines)
    print(text)
    if options.report:
        with open(options.report, "w") as file:
            file.write("# Loads, measured\n`make bench` writes this page: each row's programs ran in one run on one machine, "
                       f"the least of {options.rounds} rounds.\n\n{text}\n")


if __name__ == "__main__":
    main()
