"""Runs dbt's acceptance tests with Weir, or with dbt itself where `CONFORMANCE_TOOL=dbt`.

The outcome of each class goes to the file that `CONFORMANCE_REPORT` names, as JSON.
"""
import collections
import json
import os

import pytest

if os.environ.get("CONFORMANCE_TOOL") != "dbt":
    import weir

    weir.install()

pytest_plugins = ["dbt.tests.fixtures.project"]

outcomes = collections.defaultdict(dict)


@pytest.fixture(scope="class")
def dbt_profile_target(tmpdir_factory):
    return {"type": "duckdb", "path": str(tmpdir_factory.mktemp("warehouse").join("test.duckdb")), "threads": 4}


def pytest_runtest_logreport(report):
    name = report.nodeid.split("::", 1)[-1]
    if report.failed or report.skipped or report.when == "call":
        words = ""
        if report.failed:
            words = getattr(getattr(report.longrepr, "reprcrash", None), "message", None) or str(report.longrepr)
        elif report.skipped:
            words = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        # A failing set-up or tear-down counts, whatever the test itself said.
        if outcomes.get(name, {}).get("outcome") != "failed":
            outcomes[name] = {"outcome": report.outcome, "words": words}


def pytest_sessionfinish(session):
    path = os.environ.get("CONFORMANCE_REPORT")
    if path and not hasattr(session.config, "workerinput"):
        with open(path, "w") as file:
            json.dump(outcomes, file, indent=1, sort_keys=True)
