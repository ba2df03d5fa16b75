"""Stands in for dbt in dbt's own acceptance tests: runs the program `weir` and reads back its artifacts.

`install()` puts `run_dbt`, `run_dbt_and_capture` and the readers of dbt's parse cache in the place of dbt's, before any of the
tests is loaded: they import these by name.
"""
import json
import os
import pathlib
import subprocess
import sys

import agate
import dbt.tests.util
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import FACTORY
from dbt.cli.exceptions import DbtUsageException
from dbt.exceptions import ParsingError
from dbt_common.exceptions import CompilationError

PROGRAM = os.environ.get("WEIR", "weir")
# Verbs whose run_results.json says what happened.
RUNNING = {"run", "build", "test", "seed", "snapshot", "compile", "retry", "clone", "run-operation"}
TWO_WORDS = {"docs", "source"}


class Refused(CompilationError, ParsingError, DbtUsageException):
    """Weir did not begin: what dbt raises an exception for."""

    def __init__(self, words):
        super().__init__(words)
        self.words = words

    def __str__(self):
        return self.words


class Fields(dict):
    """A JSON object whose keys are attributes too, as dbt's own values have them."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name, value):
        self[name] = value

    def to_dict(self, **_):
        return self


class Results(list):
    """What a command gives: a list of results that has them as `results` too."""

    def __init__(self, results, args):
        super().__init__(results)
        self.results = list(results)
        self.args = args


def wrapped(value):
    if isinstance(value, dict):
        return Fields({key: wrapped(item) for key, item in value.items()})
    return [wrapped(item) for item in value] if isinstance(value, list) else value


def release():
    """Closes the connections of dbt's adapter: DuckDB lets one process at a time hold a file."""
    for adapter in FACTORY.adapters.values():
        adapter.cleanup_connections()
    environment = DuckDBConnectionManager._ENV
    if environment is not None:
        environment.close()
        DuckDBConnectionManager._ENV = None


def verb(args):
    words = [word for word in args if not word.startswith("-")]
    return " ".join(words[:2]) if words and words[0] in TWO_WORDS else (words or ["run"])[0]


def invoke(args):
    """Runs `weir` in the test's project. Gives its exit code and what it printed."""
    from dbt.flags import get_flags

    args = [str(arg) for arg in (args or ["run"])]
    root = getattr(get_flags(), "PROJECT_DIR", None)
    if root and "--project-dir" not in args:
        args += ["--project-dir", str(root)]
    release()
    # dbt names the log's folder after the test; Weir keeps no such log.
    environment = {name: value for name, value in os.environ.items() if name != "DBT_LOG_PATH"}
    # What runs dbt runs Python models too.
    environment["WEIR_PYTHON"] = sys.executable
    folder = args[args.index("--project-dir") + 1] if "--project-dir" in args else os.getcwd()
    done = subprocess.run(
        [PROGRAM, *args], capture_output=True, text=True, env={**environment, "NO_COLOR": "1"}, timeout=120,
        stdin=subprocess.DEVNULL)
    # A run of dbt's leaves a connection of its thread behind, which some tests then ask through.
    for adapter in FACTORY.adapters.values():
        adapter.acquire_connection("after")
    print(f"\n$ weir {' '.join(args)}\n{done.stdout}{done.stderr}", file=sys.stdout)
    return done, args, pathlib.Path(folder)


def run_dbt(args=None, expect_pass=True, callbacks=None):
    done, args, folder = invoke(args)
    given = answer(done, args, folder, expect_pass)
    for callback in callbacks or []:
        tell(callback, given)
    return given


def tell(callback, given):
    """Gives a test the event that dbt has for each result that is an error."""
    for result in given if isinstance(given, Results) else []:
        if result.status == "error":
            callback(Fields(info=Fields(name="RunResultError"), data=Fields(msg=result.message)))


def run_dbt_and_capture(args=None, expect_pass=True):
    done, args, folder = invoke(args)
    return answer(done, args, folder, expect_pass), done.stdout + done.stderr


def answer(done, args, folder, expect_pass):
    word, target = verb(args), folder / target_path(args)
    if done.returncode not in (0, 1):
        raise Refused(done.stderr + done.stdout)
    if expect_pass is not None:
        assert (done.returncode == 0) == expect_pass, f"weir ended with {done.returncode}"
    if word in ("ls", "list"):
        return [line for line in done.stdout.splitlines() if line]
    if word == "docs generate":
        return wrapped(read(target / "catalog.json"))
    if word == "parse":
        return manifest(folder)
    if word == "source freshness":
        return results(read(target / "sources.json"), target)
    if word == "show":
        return shown(args, done, target)
    if word in RUNNING:
        return results(read(target / "run_results.json"), target)
    return done.returncode == 0


def target_path(args):
    return args[args.index("--target-path") + 1] if "--target-path" in args else "target"


def read(path):
    return json.loads(path.read_text())


def results(artifact, target):
    """An artifact's results, each with its node."""
    whole = read(target / "manifest.json")
    nodes = {}
    for kind in ("nodes", "sources", "exposures", "unit_tests", "functions", "macros"):
        nodes.update(whole.get(kind, {}))
    every = []
    for result in artifact["results"]:
        fields = wrapped(result)
        fields.node = wrapped(nodes.get(result["unique_id"], {"unique_id": result["unique_id"]}))
        if result.get("compiled_code"):
            fields.node.compiled_code = result["compiled_code"]
        every.append(fields)
    return Results(every, wrapped(artifact.get("args", {})))


def shown(args, done, target):
    """What `show` printed, as the result that dbt gives."""
    if done.returncode != 0:
        raise Refused(done.stderr + done.stdout)
    limit = int(args[args.index("--limit") + 1]) if "--limit" in args else 5
    compiled = read(target / "run_results.json")["results"][0]["compiled_code"]
    again, _, _ = invoke([*args, "--output", "json", "--quiet"])
    rows = json.loads(again.stdout)
    result = Fields(
        status="success", node=Fields(compiled_code=compiled), agate_table=agate.Table.from_object(rows["show"]))
    return Results([result], Fields(limit=limit))


def manifest(root):
    path = pathlib.Path(root) / "target/manifest.json"
    return wrapped(read(path)) if path.exists() else None


def install():
    for function in (run_dbt, run_dbt_and_capture):
        setattr(dbt.tests.util, function.__name__, function)
    dbt.tests.util.get_manifest = manifest
