#!/usr/bin/env bash
# Runs dbt's acceptance tests with Weir, and writes docs/conformance.md.
#   run.sh CACHE PROGRAM      CONFORMANCE_RECORD=1: first records which of them dbt itself passes
#   run.sh CACHE PROGRAM pytest's arguments ...      some of them, and how they fail
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$1 program=$(realpath "$2")
shift 2
python=$("$here/../../../scripts/peer.sh" "$cache" conformance)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PYTHONDONTWRITEBYTECODE=1
run() { # TOOL REPORT [pytest's arguments ...]
  local tool=$1 report=$2
  shift 2
  (cd "$folder" && CONFORMANCE_TOOL=$tool CONFORMANCE_REPORT=$report WEIR=$program "$python" -m pytest -q \
    --tb=line -n 2 --dist loadscope -p no:cacheprovider --rootdir="$folder" --basetemp="$folder/tests" -c /dev/null "$here/test_adapter.py" "$@" \
    >"$report.log" 2>&1) || [ $? = 1 ] || { tail -n 30 "$report.log" >&2; exit 2; }
}
if [ -n "${CONFORMANCE_RECORD:-}" ]; then
  run dbt "$folder/dbt.json"
  "$python" "$here/report.py" record "$folder/dbt.json"
fi
if [ $# -gt 0 ]; then
  run weir "$folder/some.json" --show-capture=stdout "$@"
  cat "$folder/some.json.log"
  exit
fi
run weir "$folder/weir.json"
"$python" "$here/report.py" write "$folder/weir.json"
