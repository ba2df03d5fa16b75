#!/usr/bin/env bash
# Prints the Python of a venv in the cache that holds tools Weir is compared with; makes it if need be.
#   peer.sh CACHE [dbt|dbt2|dlt|conformance|python]      dbt unless said
set -euo pipefail
cache=$1
case ${2:-dbt} in
  dbt)
    name=peer-dbt-1.11 what="dbt-core 1.11, dbt-duckdb 1.11.0, duckdb 1.5.5"
    packages=('dbt-core==1.11.*' dbt-duckdb==1.11.0 duckdb==1.5.5 jinja2==3.1.6)
    ;;
  dbt2)
    name=peer-dbt-2.0.0rc196 what="dbt 2.0.0rc196, dbt's rewrite"
    packages=(dbt==2.0.0rc196)
    ;;
  dlt)
    name=peer-dlt-1.31 what="dlt 1.31.0, duckdb 1.5.5, pyarrow, connectorx"
    packages=('dlt[duckdb]==1.31.0' duckdb==1.5.5 pyarrow==26.0.1 connectorx==0.4.6 psycopg2-binary==2.9.13
      sqlalchemy==2.0.58)
    ;;
  conformance)
    name=conformance-1.20 what="dbt-tests-adapter 1.20.0 with dbt-core 1.11.16 and dbt-duckdb 1.11.0"
    packages=(dbt-core==1.11.16 dbt-duckdb==1.11.0 duckdb==1.5.5 dbt-tests-adapter==1.20.0 pytest==9.0.3
      pytest-xdist==3.8.0)
    ;;
  python)
    name=peer-python-1.11 what="dbt-duckdb 1.11.0 with what Python models use: pandas, polars, pyarrow"
    packages=('dbt-core==1.11.*' dbt-duckdb==1.11.0 duckdb==1.5.5 pandas==3.1.1 numpy==2.4.6 polars==2.1.0
      pyarrow==26.0.1)
    ;;
  *)
    echo "set-up: no peer is called '$2'; there are dbt, dbt2, dlt, conformance and python" >&2
    exit 2
    ;;
esac
venv=$cache/$name
mkdir -p "$cache"
# Two callers at once: the second waits for what the first makes.
exec 9>"$venv.lock"
flock 9
if [ ! -e "$venv/.complete" ]; then
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "set-up: needs Python's venv; as root, run: apt-get install -y python3-venv" >&2
    exit 2
  fi
  echo "set-up: $what (about a minute)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "${packages[@]}" >&2
  touch "$venv/.complete"
fi
echo "$venv/bin/python"
