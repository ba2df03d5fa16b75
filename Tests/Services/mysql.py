#!/usr/bin/env python3
"""A MariaDB of the tests' own, on loopback; durability is off."""

import os
import secrets
import shutil
import subprocess

import supervise

USER = "weir"


def start(scratch):
    """Makes a data folder and starts its server."""
    server, setup = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    if not server or not setup:
        raise supervise.Unavailable("mariadbd is missing: install Debian's mariadb-server")
    (port,) = supervise.free_ports(1)
    data, socket, password = scratch.folder / "data", scratch.folder / "socket", secrets.token_hex(8)
    user = "nobody" if os.geteuid() == 0 else None
    data.mkdir()
    if user:
        os.chmod(scratch.folder, 0o755)
        for path in (data, scratch.folder):
            shutil.chown(path, user)
    made = subprocess.run(
        [setup, "--no-defaults", f"--datadir={data}", f"--tmpdir={scratch.folder}",
         "--auth-root-authentication-method=normal", "--skip-test-db"],
        preexec_fn=supervise.bound_to_parent(user), capture_output=True, text=True, cwd=scratch.folder,
    )
    if made.returncode != 0:
        raise supervise.Unavailable(f"mariadb-install-db failed: {made.stderr.strip()}")
    scratch.spawn(
        [server, "--no-defaults", f"--datadir={data}", f"--tmpdir={scratch.folder}", f"--port={port}", "--bind-address=127.0.0.1",
         f"--socket={socket}", f"--pid-file={scratch.folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0",
         "--character-set-server=utf8mb4", "--skip-log-bin"],
        user=user, cwd=scratch.folder,
    )
    client = [shutil.which("mariadb"), "--no-defaults", f"--socket={socket}", "--user=root"]
    scratch.wait_until(lambda: subprocess.run([*client, "-e", "SELECT 1"], capture_output=True).returncode == 0)
    grants = "".join(
        f"CREATE USER '{USER}'@'{host}' IDENTIFIED BY '{password}'; GRANT ALL ON *.* TO '{USER}'@'{host}';"
        for host in ("localhost", "127.0.0.1")
    )
    subprocess.run([*client, "-e", grants], check=True)
    return {
        "host": "127.0.0.1", "port": str(port), "user": USER, "password": password, "client": client[0],
    }


supervise.run(start)
