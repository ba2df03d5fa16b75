#!/usr/bin/env python3
"""Runs a command beside a hub of packages on loopback: the folders `hub/NAME-VERSION`, packed, and what the hub says of them.

`acme/tools` needs `acme/shapes`. Its version 2.0.0 wants another dbt, and 3.0.0-rc1 is none yet."""
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import threading

HUB = pathlib.Path(__file__).parent / "hub"


def packed(folder):
    """A folder as a packed file with one folder at its top."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(folder, arcname=folder.name)
    return buffer.getvalue()


class Answers(http.server.BaseHTTPRequestHandler):
    """What the hub says."""

    def do_GET(self):
        base = f"http://127.0.0.1:{self.server.server_port}"
        parts = self.path.strip("/").split("/")
        if parts[:2] == ["api", "v1"]:
            name = parts[-1].removesuffix(".json")
            versions = {}
            for folder in sorted(HUB.glob(f"{name}-*")):
                version = folder.name.removeprefix(name + "-")
                needs = [{"package": "acme/shapes", "version": ["=0.1.0"]}] if name == "tools" else []
                asks = [">=99.0.0"] if version == "2.0.0" else []
                versions[version] = {"name": name, "packages": needs, "require_dbt_version": asks,
                                     "downloads": {"tarball": f"{base}/{folder.name}.tar.gz"}}
            return self.answer(json.dumps({"versions": versions}).encode() if versions else None)
        folder = HUB / parts[-1].removesuffix(".tar.gz")
        self.answer(packed(folder) if folder.is_dir() else None)

    def answer(self, body):
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
environment = {**os.environ, "DBT_PACKAGE_HUB_URL": f"http://127.0.0.1:{server.server_port}/"}
sys.exit(subprocess.run(sys.argv[1:], env=environment).returncode)
