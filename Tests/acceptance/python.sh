#!/usr/bin/env bash
# Builds the project `python`, ten models in Python, with dbt-duckdb and with weir, twice for the incremental one, and
# compares every table, its columns and types included, and the verdict of every node.
#   python.sh [WEIR]      the program, the release build unless said
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
weir=${1:-$top/.build/release/weir}
[ -x "$weir" ] || { echo "build weir first: make build" >&2; exit 2; }
python=$("$top/scripts/peer.sh" "${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}" python)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in dbt weir; do cp -r "$top/Tests/acceptance/python" "$work/$tool"; done
for _ in 1 2; do
  (cd "$work/dbt" && "$(dirname "$python")/dbt" --no-send-anonymous-usage-stats --quiet build --profiles-dir .)
  (cd "$work/weir" && WEIR_PYTHON=$python "$weir" build)
done
"$python" "$top/Tests/acceptance/compare.py" "$work/dbt" "$work/weir"
