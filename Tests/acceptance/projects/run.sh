#!/usr/bin/env bash
# Builds public dbt projects with dbt-duckdb and with weir and compares every table and every node's verdict: see run.py.
#   run.sh CACHE WEIR [PROJECT...]
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
cache=$1 weir=$2
shift 2
[ -x "$weir" ] || { echo "build weir first: make build" >&2; exit 2; }
python=$("$top/scripts/peer.sh" "$cache")
exec "$python" "$(dirname "${BASH_SOURCE[0]}")/run.py" --cache "$cache/projects" --weir "$weir" "$@"
