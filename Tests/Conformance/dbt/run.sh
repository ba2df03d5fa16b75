#!/usr/bin/env bash
# Runs dbt's acceptance tests with Weir, and writes docs/conformance.md.
#   run.sh CACHE PROGRAM [pytest's arguments ...]      CONFORMANCE_RECORD=1: which of them dbt itself passes, first
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$1 program=$(realpath "$2")
shift 2
venv=$cache/conformance-1.20
mkdir -p "$cache"
exec 9>"$venv.lock"
flock 9
if [ ! -e "$venv/.complete" ]; then
  if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "set-up: needs Python's venv; as root, run: apt-get install -y python3-venv" >&2
    exit 2
  fi
  echo "set-up: dbt-tests-adapter 1.20.0 with dbt-core 1.11.16 and dbt-duckdb 1.11.0 (about a minute)" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet dbt-core==1.11.16 dbt-duckdb==1.11.0 duckdb==1.5.5 dbt-tests-adapter==1.20.0 \
    pytest==9.0.3 pytest-xdist==3.8.0 >&2
  touch "$venv/.complete"
fi
flock -u 9
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PYTHONDONTWRITEBYTECODE=1
run() { # TOOL REPORT [pytest's arguments ...]
  local tool=$1 report=$2
  shift 2
  (cd "$folder" && CONFORMANCE_TOOL=$tool CONFORMANCE_REPORT=$report WEIR=$program "$venv/bin/python" -m pytest -q \
    --tb=line -n 2 --dist loadscope -p no:cacheprovider --rootdir="$folder" --basetemp="$folder/tests" -c /dev/null "$here/test_adapter.py" "$@" \
    >"$report.log" 2>&1) || [ $? = 1 ] || { tail -n 30 "$report.log" >&2; exit 2; }
}
if [ -n "${CONFORMANCE_RECORD:-}" ]; then
  run dbt "$folder/dbt.json"
  "$venv/bin/python" "$here/report.py" record "$folder/dbt.json"
fi
run weir "$folder/weir.json" "$@"
"$venv/bin/python" "$here/report.py" write "$folder/weir.json"
