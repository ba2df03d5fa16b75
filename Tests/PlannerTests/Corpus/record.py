"""Records what dbt selects: run with the Python of a venv that has dbt-core 1.11 and dbt-duckdb 1.11.

Reads requests.jsonl, one request a line, and writes recorded.json: the facts of project/ that selectors look at,
and for each request the places of the selected nodes among them.
"""
import contextlib
import io
import json
import os
import pathlib
import shutil
import tempfile

from dbt.cli.main import dbtRunner

HERE = pathlib.Path(__file__).parent
FACTS = ["unique_id", "resource_type", "name", "package_name", "path", "original_file_path", "fqn", "tags", "config"]


def arguments(request):
    flags = {
        "select": "--select", "exclude": "--exclude", "types": "--resource-type",
        "excluded": "--exclude-resource-type",
    }
    for key, flag in flags.items():
        for value in request.get(key, []):
            yield from (flag, value)
    if "selector" in request:
        yield from ("--selector", request["selector"])
    if "indirect" in request:
        yield from ("--indirect-selection", request["indirect"])


def facts(node):
    kept = {key: node.get(key) for key in FACTS}
    kept["depends_on"] = node.get("depends_on", {}).get("nodes", [])
    kept["patch_path"] = (node.get("patch_path") or "").partition("://")[2] or None
    kept["test_name"] = node.get("test_metadata", {}).get("name")
    kept["source_name"] = node.get("source_name")
    return kept


def main():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HERE / "project", folder, dirs_exist_ok=True)
        os.chdir(folder)
        parsed = dbtRunner().invoke(["parse", "--quiet"]).result
        manifest = json.loads(pathlib.Path("target/manifest.json").read_text())
        nodes = {**manifest["nodes"], **manifest["sources"], **manifest["exposures"]}
        places = {name: place for place, name in enumerate(sorted(nodes))}
        runner = dbtRunner(manifest=parsed)
        lines = []
        for line in (HERE / "requests.jsonl").read_text().splitlines():
            request = json.loads(line)
            command = ["ls", "--quiet", "--output", "json", "--output-keys", "unique_id", *arguments(request)]
            with contextlib.redirect_stdout(io.StringIO()):
                listed = runner.invoke(command)
            if listed.exception:
                raise listed.exception
            found = sorted(places[json.loads(text)["unique_id"]] for text in listed.result or [])
            lines.append(json.dumps({**request, "found": found}))
        kept = [json.dumps(facts(nodes[name])) for name in sorted(nodes)]
        selectors = json.dumps(manifest["selectors"])
        text = '{"nodes": [\n%s\n], "requests": [\n%s\n],\n"selectors": %s}\n' % (
            ",\n".join(kept), ",\n".join(lines), selectors)
        (HERE / "recorded.json").write_text(text)


main()
