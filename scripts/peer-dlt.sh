#!/usr/bin/env bash
# Prints the Python of a venv in the cache that holds dlt, which loads are compared with; makes it if need be.
#   peer-dlt.sh CACHE
set -euo pipefail
venv=$1/peer-dlt-1.31
if [ ! -e "$venv/.complete" ]; then
  echo "set-up: dlt 1.31.0, duckdb 1.5.5, pyarrow, connectorx (about a minute)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet 'dlt[duckdb]==1.31.0' duckdb==1.5.5 pyarrow==26.0.1 \
    connectorx==0.4.6 psycopg2-binary==2.9.13 sqlalchemy==2.0.58 >&2
  touch "$venv/.complete"
fi
echo "$venv/bin/python"
