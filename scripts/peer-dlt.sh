#!/usr/bin/env bash
# Prints the Python of a venv in the cache that holds dlt, which loads are compared with; makes it if need be.
#   peer-dlt.sh CACHE
set -euo pipefail
venv=$1/peer-dlt-1.16
if [ ! -e "$venv/.complete" ]; then
  echo "set-up: dlt 1.16.0, duckdb 1.5.5, pyarrow (about a minute)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'dlt[duckdb]==1.16.0' duckdb==1.5.5 pyarrow==26.0.1 >&2
  touch "$venv/.complete"
fi
echo "$venv/bin/python"
