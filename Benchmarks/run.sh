#!/usr/bin/env bash
# Runs the benchmarks beside their peers, which it installs into the cache: `make bench`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}
python=$(scripts/peer.sh "$cache")
"$python" Benchmarks/bench.py --weir .build/release/weir --report docs/benchmarks.md \
  --dbt2 "$(scripts/peer.sh "$cache" dbt2)" "$@"
"$python" Benchmarks/loads/bench.py .build/release/weir --peer "$(scripts/peer.sh "$cache" dlt)" \
  --report docs/benchmarks.md
