"""What every service of the tests shares: free ports, a scratch folder, children that cannot outlive it.

A service is a script beside this one. It calls `run(start)`; `start(scratch)` brings the server up and returns the
facts that a test needs, or raises `Unavailable`. The script then prints them as one line of JSON (or
`{"unavailable": REASON}`) and goes on until its standard input ends: it does when the test process ends, however that
came about. Then the server is stopped and the scratch folder removed.
"""

import ctypes
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ATTEMPTS = 3
PATIENCE_SECONDS = 30


class Unavailable(Exception):
    """Why a service cannot be had on this machine."""


class PortTaken(Exception):
    """Another process was faster: the service is started again on other ports."""


class Scratch:
    """The folder and the processes of one service."""

    def __init__(self, name):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"weir-{name}-"))
        self.processes = []

    def spawn(self, command, user=None, **options):
        """Starts a server that is killed when this process dies."""
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "ab")
        process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=bound_to_parent(user), **options,
        )
        log.close()
        self.processes.append(process)
        return process

    def log(self):
        """The last lines that the servers wrote."""
        lines = []
        for file in sorted(self.folder.glob("*.log")):
            lines += file.read_text(errors="replace").splitlines()[-5:]
        return " | ".join(lines)

    def wait_until(self, is_ready):
        """Waits for `is_ready()`; a server that ended or never came is a `PortTaken`, which is worth another try."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_ready():
            if any(process.poll() is not None for process in self.processes):
                raise PortTaken(f"the server ended: {self.log()}")
            if time.monotonic() > end:
                raise PortTaken(f"the server was not ready after {PATIENCE_SECONDS} s: {self.log()}")
            time.sleep(0.02)

    def stop(self, stop_signal):
        """Ends the servers and removes the folder."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(stop_signal)
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def bound_to_parent(user):
    """What a child does before it becomes the server: give up root if asked to, and die with its parent."""
    libc = ctypes.CDLL(None, use_errno=True)
    entry = pwd.getpwnam(user) if user else None

    def prepare():
        os.setsid()
        if entry:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
        # PR_SET_PDEATHSIG, after the change of user, which would undo it.
        libc.prctl(1, signal.SIGKILL)

    return prepare


def free_ports(count):
    """So many ports of the loopback interface that are free now."""
    sockets = []
    try:
        for _ in range(count):
            sockets.append(socket.socket())
            sockets[-1].bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def installed(name):
    """The folder of a service that `scripts/services.sh` installed."""
    cache = os.environ.get("WEIR_CACHE") or pathlib.Path(
        os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache", "weir"
    )
    folder = pathlib.Path(cache, "services", name)
    if not folder.exists():
        raise Unavailable(f"{folder} is missing: run scripts/services.sh")
    return folder


def say(value):
    """One line of JSON for the test."""
    print(json.dumps(value), flush=True)


def run(start, stop_signal=signal.SIGTERM):
    """Serves until standard input ends."""
    # The terminal's Ctrl-C is the test's: it ends, and with it our standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    name = pathlib.Path(sys.argv[0]).stem
    failure = None
    for _ in range(ATTEMPTS):
        scratch = Scratch(name)
        try:
            facts = start(scratch)
            say(facts)
            sys.stdin.buffer.read()
            return
        except Unavailable as reason:
            say({"unavailable": str(reason)})
            return
        except PortTaken as reason:
            failure = reason
        finally:
            scratch.stop(stop_signal)
    say({"unavailable": f"{name} does not start: {failure}"})
