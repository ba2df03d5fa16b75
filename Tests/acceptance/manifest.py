#!/usr/bin/env python3
"""Compares Weir's artifacts with those of dbt-core over the same project, key by key.

    manifest.py PROJECT [--build|--docs]     run by a Python that has dbt-duckdb; `pip install dbt-artifacts-parser` validates too

Both tools parse (or build) a copy of the project. Every key of the manifest's nodes, sources, macros, exposures, docs, maps and
metadata is compared, and the semantic manifest; with --build every key of the run results, and with --docs, which builds and then runs `docs generate`, every
key of the catalog. What depends on the moment, the machine or the
invocation is left out (VOLATILE), and so is what docs/dbt.md says to differ on purpose (DECLARED). Prints what differs,
and ends with 1 if anything does.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
VOLATILE = {
    "created_at", "generated_at", "invocation_id", "invocation_started_at", "run_started_at", "user_id", "root_path",
    "dbt_version", "send_anonymous_usage_stats", "timing", "execution_time", "elapsed_time", "thread_id", "project_root",
    "env",
}
# Sections of the manifest that are maps of things; everything else is compared as one value.
SECTIONS = ["nodes", "sources", "macros", "exposures", "docs", "groups", "disabled", "parent_map", "child_map", "group_map",
            "metrics", "semantic_models", "saved_queries", "functions"]


def declared(path, left, right):
    """Whether a difference is one that docs/dbt.md describes."""
    keys = path.split(" (only")[0].split("/")
    # dbt's text about dbt's own pages.
    if path == "docs/doc.dbt.__overview__/block_contents":
        return True
    if IS_BUILD and keys[0] in ("nodes", "results"):
        return declared_of_builds(keys, left, right)
    # dbt leaves the description of what is switched off as it is written.
    if keys[0] == "disabled" and keys[-1].endswith("description"):
        return True
    # Weir's own version of dbt's macros is not written in Jinja.
    if keys[0] == "macros" and keys[1].startswith(("macro.dbt.", "macro.dbt_duckdb.")):
        return keys[-1] in ("macro_sql", "macros", "path", "original_file_path", "macros[0]") or "(entry)" in path
    return False


# What dbt fills in while it builds.
IS_BUILD = "--build" in sys.argv or "--docs" in sys.argv
BUILT = {"compiled", "compiled_code", "compiled_path", "build_path", "extra_ctes", "extra_ctes_injected"}


def declared_of_builds(keys, left, right):
    """Whether a difference of what was built is one that docs/dbt.md describes."""
    name, last = keys[1], keys[-1]
    # Ephemeral models are compiled into what reads them.
    if keys[0] == "nodes" and last in BUILT and right in (None, []):
        return True
    # dbt adds the macros that carried the node out, and counts hooks of the whole run from 1 then.
    if keys[-2:] == ["depends_on", "macros"]:
        return left[: len(right)] == right
    if name.startswith("operation.") and last == "index":
        return True
    if last == "compiled_code":
        return left.split() == right.split()
    return last in ("message", "adapter_response", "_message", "code", "rows_affected", "relation_name")


def differences(left, right, path=""):
    """Every place at which two JSON values differ: path, dbt's value, Weir's."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            here = f"{path}/{key}" if path else key
            if key in VOLATILE:
                continue
            if key not in left:
                yield f"{here} (only weir)", None, right[key]
            elif key not in right:
                yield f"{here} (only dbt)", left[key], None
            else:
                yield from differences(left[key], right[key], here)
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right)):
            yield from differences(one, other, f"{path}[{index}]")
    elif left != right or type(left) is not type(right):
        yield path, left, right


def run(command, folder, environment):
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        sys.exit(f"{command[0]} failed in {folder}:\n{result.stdout}{result.stderr}")


def artifacts(project, tool, commands, work):
    folder = work / tool
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".git", "target", "*.duckdb*", ".weir", "logs", "expected"))
    environment = dict(os.environ)
    if tool == "dbt" or (folder / "profiles.yml").exists():
        environment["DBT_PROFILES_DIR"] = str(folder)
    if tool == "dbt":
        if not (folder / "dbt_project.yml").exists():
            (folder / "weir.yml").rename(folder / "dbt_project.yml")
        if not (folder / "profiles.yml").exists():
            name = next(line.split(":")[1].strip() for line in (folder / "dbt_project.yml").read_text().splitlines()
                        if line.startswith("name:"))
            (folder / "profiles.yml").write_text(
                f"{name}:\n  target: dev\n  outputs:\n    dev: {{type: duckdb, path: {name}.duckdb}}\n")
            with open(folder / "dbt_project.yml", "a") as file:
                file.write(f"\nprofile: {name}\n")
        dbt = pathlib.Path(sys.executable).parent / "dbt"
        program = [dbt, "--no-send-anonymous-usage-stats", "--quiet"]
    else:
        program = [os.environ.get("WEIR", TOP / ".build/release/weir")]
    found = {}
    for command in commands:
        run(program + command, folder, environment)
        # dbt's docs command writes over what the build said.
        for path in (folder / "target").glob("*.json"):
            if path.name in ("manifest.json", "semantic_manifest.json", "run_results.json", "catalog.json"):
                found.setdefault(path.name, json.loads(path.read_text()))
    return found


def validate(found):
    """Has the public parser of dbt's artifacts read what Weir wrote, if it is installed."""
    try:
        from dbt_artifacts_parser.parser import parse_catalog_v1, parse_manifest_v12, parse_run_results_v6
    except ImportError:
        print("not validated: dbt-artifacts-parser is not installed")
        return
    parse_manifest_v12(found["manifest.json"])
    if "run_results.json" in found:
        parse_run_results_v6(found["run_results.json"])
    if "catalog.json" in found:
        parse_catalog_v1(found["catalog.json"])
    print("validated with dbt-artifacts-parser")


def entries(document):
    """The manifest with its maps of things apart, so that each of them is compared by its own keys."""
    for section, value in document.items():
        if section in SECTIONS:
            for name, entry in value.items():
                # A group's members have no order.
                entry = sorted(entry) if section == "group_map" else entry
                yield section, name, entry
        else:
            yield section, "", value


def compare_manifests(dbt, weir):
    left = {(section, name): value for section, name, value in entries(dbt)}
    right = {(section, name): value for section, name, value in entries(weir)}
    for section, name in sorted(left.keys() | right.keys()):
        path = f"{section}/{name}".rstrip("/")
        if (section, name) not in right:
            yield f"{path} (entry) (only dbt)", "…", None
        elif (section, name) not in left:
            yield f"{path} (entry) (only weir)", None, "…"
        else:
            yield from differences(left[section, name], right[section, name], path)


def by_name(document):
    """A semantic manifest with its lists of things as maps: dbt has them in the order of files."""
    named = ("semantic_models", "metrics", "saved_queries")
    return {key: {entry["name"]: entry for entry in value} if key in named else value for key, value in document.items()}


def compare_results(dbt, weir):
    left = {result["unique_id"]: result for result in dbt["results"]}
    right = {result["unique_id"]: result for result in weir["results"]}
    yield from differences(left, right, "results")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--all", action="store_true", help="print every difference, not one of each kind")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        commands = [["build"], ["docs", "generate"]] if options.docs else [["build"]] if options.build else [["parse"]]
        dbt, weir = (artifacts(options.project, tool, commands, work) for tool in ("dbt", "weir"))
    validate(weir)
    found = list(compare_manifests(dbt["manifest.json"], weir["manifest.json"]))
    semantics = (by_name(artifacts["semantic_manifest.json"]) for artifacts in (dbt, weir))
    found += differences(*semantics, "semantic_manifest")
    if IS_BUILD:
        found += compare_results(dbt["run_results.json"], weir["run_results.json"])
    if options.docs:
        found += differences(dbt["catalog.json"], weir["catalog.json"], "catalog")
    kinds = collections.defaultdict(list)
    for path, left, right in found:
        if declared(path, left, right):
            continue
        section, _, rest = path.partition("/")
        kinds[section, rest.partition("/")[2] or rest[-12:]].append((path, left, right))
    for (section, key), places in sorted(kinds.items()):
        for path, left, right in places if options.all else places[:1]:
            print(f"{path}  [{len(places)}]\n  dbt:  {json.dumps(left)[:300]}\n  weir: {json.dumps(right)[:300]}")
    print(f"{sum(map(len, kinds.values()))} differences of {len(kinds)} kinds")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
