#!/usr/bin/env bash
# Builds the public project jaffle_shop_duckdb, unmodified, with dbt-duckdb and with weir, and compares every table, its
# columns and types included, and the verdict of every node.
#   jaffle_shop.sh CHECKOUT      a checkout of https://github.com/dbt-labs/jaffle_shop_duckdb
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
checkout=${1:-}
if [ -z "$checkout" ] || [ ! -f "$checkout/dbt_project.yml" ]; then
  echo "SKIPPED: jaffle_shop_duckdb is not here; give the path of a checkout" >&2
  exit 0
fi
weir=$top/.build/release/weir
[ -x "$weir" ] || { echo "build weir first: make build" >&2; exit 2; }
python=$("$top/scripts/peer.sh" "${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for tool in dbt weir; do
  mkdir "$work/$tool"
  (cd "$checkout" && tar c --exclude .git --exclude target --exclude '*.duckdb*' --exclude .weir .) | tar x -C "$work/$tool"
done
(cd "$work/dbt" && "$(dirname "$python")/dbt" --no-send-anonymous-usage-stats --quiet build)
(cd "$work/weir" && "$weir" build)
"$python" "$top/Tests/acceptance/compare.py" "$work/dbt" "$work/weir"
