"""Runs a command while this process holds the warehouse's lock: whoever opens it then fails."""
import fcntl, subprocess, sys

with open("shop.duckdb", "r+b") as warehouse:
    fcntl.lockf(warehouse, fcntl.LOCK_EX)
    sys.exit(subprocess.run(sys.argv[1:]).returncode)
