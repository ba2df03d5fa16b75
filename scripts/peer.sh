#!/usr/bin/env bash
# Prints the Python of a venv in the cache that holds the tools Weir is compared with; makes it if need be.
#   peer.sh CACHE
set -euo pipefail
venv=$1/peer-dbt-1.11
mkdir -p "$1"
# Two callers at once: the second waits for what the first makes.
exec 9>"$venv.lock"
flock 9
if [ ! -e "$venv/.complete" ]; then
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "set-up: needs Python's venv; as root, run: apt-get install -y python3-venv" >&2
    exit 2
  fi
  echo "set-up: dbt-core 1.11, dbt-duckdb 1.11.0, duckdb 1.5.5 (about a minute)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'dbt-core==1.11.*' dbt-duckdb==1.11.0 duckdb==1.5.5 jinja2==3.1.6 >&2
  touch "$venv/.complete"
fi
echo "$venv/bin/python"
