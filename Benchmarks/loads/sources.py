"""The sources that loads are measured on: the same rows in files, in an object store and in a database."""
import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get("WEIR_CACHE") or pathlib.Path.home() / ".cache/weir")

ROWS = """
create table o as select i::bigint as order_id, (i * 7919 % 100003)::bigint as customer_id,
  timestamp '2024-01-01' + to_seconds(i) as updated_at, ['new', 'paid', 'sent', 'back'][1 + (i % 4)] as status,
  round((i * 31 % 100000) / 100, 2)::double as amount, (i % 7)::bigint as qty, 'name ' || (i % 9999) as customer,
  (i % 2 = 0) as is_gift
from range({rows}) t(i)
"""


@dataclasses.dataclass
class Source:
    """One source as each program is told of it. Secrets travel in the environment."""

    name: str
    read: str  # what the bare engine selects from
    place: str  # `from` of Weir's table
    connection: str  # Weir's connections.yml, or the folder that the load names
    setup: str = ""  # statements before the bare engine can read
    address: str = ""  # the database's URL, for dlt's own reader
    environment: dict = dataclasses.field(default_factory=dict)  # what connections.yml asks for

    def variables(self):
        """What the programs' environment tells of the source."""
        return {"BENCH_SETUP": self.setup, "BENCH_READ": self.read, "BENCH_ADDRESS": self.address, **self.environment}

    def write_project(self, folder, extra=""):
        """A Weir project that loads this source's table."""
        load = self.connection
        if load.startswith("connections:"):
            pathlib.Path(folder, "connections.yml").write_text(load)
            load = "bench"
        pathlib.Path(folder, "loads").mkdir()
        pathlib.Path(folder, "weir.yml").write_text("name: bench\n")
        pathlib.Path(folder, "loads/shop.yml").write_text(
            f"loads:\n  - name: shop\n    from: {load}\n    tables:\n"
            f"      - {{name: orders, from: '{self.place}'{extra}}}\n")


def make_files(rows, folder):
    """The rows as CSV, NDJSON and Parquet."""
    connection = duckdb.connect()
    connection.execute(ROWS.format(rows=rows))
    for name, form in (("o.csv", "(header)"), ("o.ndjson", "(format json)"), ("o.parquet", "")):
        connection.execute(f"copy o to '{folder}/{name}' {form}")
    connection.close()


def files(folder):
    """The rows in files of this machine."""
    return [
        Source("CSV", f"read_csv('{folder}/o.csv')", "o.csv", folder),
        Source("NDJSON", f"read_json('{folder}/o.ndjson')", "o.ndjson", folder),
        Source("Parquet", f"read_parquet('{folder}/o.parquet')", "o.parquet", folder),
    ]


@contextlib.contextmanager
def service(name):
    """The facts of a server of the tests, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, ROOT / "Tests/Services" / f"{name}.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True)
    try:
        facts = json.loads(process.stdout.readline())
        if "unavailable" in facts:
            sys.exit(f"{name}: {facts['unavailable']}")
        yield facts
    finally:
        process.stdin.close()
        process.wait()


def extension(name):
    """The statement that loads an extension of the project's cache."""
    (found,) = (CACHE / "duckdb/1.5.5/extensions").glob(f"**/{name}.duckdb_extension")
    return f"LOAD '{found}';"


@contextlib.contextmanager
def object_store(folder):
    """The Parquet file in an S3."""
    with service("s3") as facts:
        setup = extension("httpfs") + (
            f"CREATE SECRET (TYPE s3, KEY_ID '{facts['key']}', SECRET '{facts['secret']}', REGION '{facts['region']}', "
            f"ENDPOINT '{facts['endpoint']}', URL_STYLE 'path', USE_SSL false);")
        url = f"s3://{facts['bucket']}/o.parquet"
        in_process(fill_store, setup, folder, url)
        connection = (
            "connections:\n  bench:\n    type: s3\n    url_style: path\n    use_ssl: false\n"
            f"    bucket: {facts['bucket']}\n    endpoint: {facts['endpoint']}\n    region: {facts['region']}\n"
            "    key_id: \"{{ env_var('BENCH_KEY') }}\"\n    secret: \"{{ env_var('BENCH_SECRET') }}\"\n")
        yield Source(
            "S3 (Parquet)", f"read_parquet('{url}')", "o.parquet", connection, setup,
            environment={"BENCH_KEY": facts["key"], "BENCH_SECRET": facts["secret"]})


def fill_store(setup, folder, url):
    connection = duckdb.connect()
    connection.execute(f"SET enable_progress_bar = false; {setup} COPY (FROM '{folder}/o.parquet') TO '{url}'")
    connection.close()


@contextlib.contextmanager
def database(folder):
    """The rows in a table of a PostgreSQL."""
    with service("postgres") as facts:
        words = {"host": "host", "port": "port", "dbname": "database", "user": "user", "password": "password"}
        attach = " ".join(f"{word}={facts[fact]}" for word, fact in words.items())
        setup = extension("postgres_scanner") + f"ATTACH '{attach}' AS pg (TYPE postgres);"
        in_process(fill_database, setup, folder)
        connection = (
            f"connections:\n  bench:\n    type: postgres\n    host: {facts['host']}\n    port: {facts['port']}\n"
            f"    database: {facts['database']}\n    user: {facts['user']}\n"
            "    password: \"{{ env_var('BENCH_PASSWORD') }}\"\n")
        yield Source(
            "PostgreSQL", "pg.public.orders", "public.orders", connection, setup,
            address="postgresql://{user}:{password}@{host}:{port}/{database}".format(**facts),
            environment={"BENCH_PASSWORD": facts["password"]})


def fill_database(setup, folder):
    connection = duckdb.connect()
    connection.execute(f"SET enable_progress_bar = false; {setup} CREATE TABLE pg.public.orders AS FROM '{folder}/o.parquet'")
    # Statistics, as a database in use has them: readers share a table's pages out by them.
    connection.execute("CALL postgres_execute('pg', 'ANALYZE public.orders')")
    connection.close()


def in_process(work, *arguments):
    """Does `work` in a process of its own: what this one held would count as the peak of those that it starts."""
    script = "import sys, sources; getattr(sources, sys.argv[1])(*sys.stdin.read().split('\\0'))"
    subprocess.run(
        [sys.executable, "-c", script, work.__name__], input="\0".join(map(str, arguments)), text=True, check=True,
        cwd=pathlib.Path(__file__).parent)
