"""Brings public projects and packages, pinned by commit, and lays out copies that need no network to run."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

# A folder of snapshots, OWNER+NAME/repo each a git directory (or a checkout), asked before the network.
MIRROR = os.environ.get("WEIR_PROJECTS")


DATA = (".csv", ".csv.gz", ".parquet", ".duckdb", ".db", ".json", ".xlsx")


class NotHere(Exception):
    """What a project needs cannot be brought; the text says why."""


def git(*arguments, environment=None):
    done = subprocess.run(
        ["git", *map(str, arguments)], capture_output=True, text=True, timeout=300, env=environment
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["git failed"]
        raise NotHere(lines[0])
    return done.stdout


def repository(source, cache):
    """A git directory that holds the pinned commit: the mirror's, or one in the cache, fetched if need be."""
    name, commit = source["repository"], source["commit"]
    folder = name.replace("/", "+")
    brought = cache / f"{folder}.git"
    candidates = [brought]
    if MIRROR:
        mirrored = pathlib.Path(MIRROR) / folder / "repo"
        candidates = [mirrored, mirrored / ".git", brought]
    for candidate in candidates:
        try:
            git("--git-dir", candidate, "cat-file", "-e", f"{commit}^{{commit}}")
            return candidate
        except NotHere:
            continue
    cache.mkdir(parents=True, exist_ok=True)
    git("init", "--quiet", "--bare", brought)
    try:
        git("--git-dir", brought, "fetch", "--quiet", "--depth", "1", f"https://github.com/{name}", commit)
    except (NotHere, subprocess.TimeoutExpired) as reason:
        raise NotHere(f"{name} at {commit[:10]} is neither here nor to be fetched: {reason}") from None
    return brought


def unpack(source, cache, folder):
    """Writes the files of the pinned commit into a new folder; returns those that a snapshot left out as too large."""
    directory = repository(source, cache)
    folder.mkdir(parents=True)
    absent = missing(directory, source["commit"])
    index = {**os.environ, "GIT_INDEX_FILE": str(folder.parent / f"{folder.name}.index")}
    place = ["--git-dir", directory, "--work-tree", folder]
    git(*place, "read-tree", source["commit"], environment=index)
    if absent:
        git(*place, "update-index", "--force-remove", "--", *absent, environment=index)
    git(*place, "checkout-index", "--all", "--quiet", environment=index)
    return absent


def missing(directory, commit):
    """The paths of a commit whose content the git directory does not hold."""
    listing = git("--git-dir", directory, "ls-tree", "-r", commit).splitlines()
    blobs = {}
    for entry in listing:
        about, path = entry.split("\t", 1)
        _, kind, blob = about.split()
        if kind == "blob":
            blobs.setdefault(blob, []).append(path)
    check = subprocess.run(
        ["git", "--git-dir", directory, "cat-file", "--batch-check"],
        input="\n".join(blobs), capture_output=True, text=True, check=True,
    )
    absent = [line.split()[0] for line in check.stdout.splitlines() if line.endswith(" missing")]
    return [path for blob in absent for path in blobs[blob]]


def lay_out(project, packages, cache, folder):
    """A fresh copy of a project whose packages are folders beside it; returns where its dbt_project.yml is."""
    top = folder / "project"
    absent = set(unpack(project, cache, top))
    for path, command in project.get("stand_ins", {}).items():
        if path in absent:
            subprocess.run([sys.executable, "-c", command], cwd=top, check=True)
            absent.remove(path)
    needed = [path for path in sorted(absent) if path.endswith(DATA) and path not in project.get("expendable", [])]
    if needed:
        raise NotHere(f"the snapshot of {project['repository']} lacks {needed[0]}")
    home = top / project.get("folder", ".")
    for manifest in sorted(top.rglob("packages.yml")) + sorted(top.rglob("dependencies.yml")):
        make_local(manifest, packages, cache, folder / "packages")
    for lock in top.rglob("package-lock.yml"):
        lock.unlink()
    for name, text in project.get("files", {}).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    if project.get("profile") == "generated":
        write_profile(home)
    return home


def make_local(manifest, packages, cache, folder):
    """Puts `local:` in the place of the packages of a hub or a git host, and brings those, and theirs."""
    content = yaml.safe_load(manifest.read_text()) or {}
    entries = content.get("packages") or []
    if not any("package" in entry or "git" in entry for entry in entries):
        return
    content["packages"] = [localized(entry, packages, cache, folder) for entry in entries]
    manifest.write_text(yaml.safe_dump(content, sort_keys=False))


def localized(entry, packages, cache, folder):
    address = entry.get("package") or entry.get("git")
    if address is None:
        return entry
    name = re.sub(r"^https://github.com/|\.git$", "", address)
    if name not in packages:
        raise NotHere(f"the package {name} is not in the list of packages")
    source = packages[name]
    home = folder / source["repository"].split("/")[1]
    if not home.exists():
        unpack(source, cache, home)
        for manifest in (home / "packages.yml", home / "dependencies.yml"):
            if manifest.exists():
                make_local(manifest, packages, cache, folder)
        shutil.rmtree(home / "integration_tests", ignore_errors=True)
    return {"local": str(home)}


def write_profile(home):
    """A profile with an embedded database, for projects that come without one or with other warehouses'."""
    project = yaml.safe_load((home / "dbt_project.yml").read_text())
    output = {"type": "duckdb", "path": "warehouse.duckdb", "threads": 4}
    profile = {project["profile"]: {"target": "duckdb", "outputs": {"duckdb": output}}}
    (home / "profiles.yml").write_text(yaml.safe_dump(profile))
