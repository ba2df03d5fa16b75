#!/usr/bin/env bash
# Sees to the servers that tests talk to. One that cannot be had costs the tests that need it, not all of them,
# unless WEIR_SERVICES=required.
#   services.sh CACHE
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1/services
stamp=$(cksum <"$here/pypi.txt")
if [ "${WEIR_SERVICES:-}" = off ] || [ "$(cat "$folder/.complete" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
if "$here/fetch.py" services "$folder"; then
  echo "$stamp" >"$folder/.complete"
elif [ "${WEIR_SERVICES:-}" = required ]; then
  exit 2
else
  echo "services: not all could be had (the reason stands above): tests that need them are skipped" >&2
fi
