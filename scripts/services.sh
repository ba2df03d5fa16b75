#!/usr/bin/env bash
# Sees to the servers that tests talk to. One that cannot be had costs the tests that need it, not all of them,
# unless WEIR_SERVICES=required.
#   services.sh CACHE
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1/services
stamp=$(cksum <"$here/pypi.txt")
packages=(mariadb-server odbc-postgresql unixodbc)
if [ "${WEIR_SERVICES:-}" = off ] || [ "$(cat "$folder/.complete" 2>/dev/null)" = "$stamp" ]; then exit 0; fi
# Servers that only Debian has.
debian() {
  command -v apt-get >/dev/null || return 0
  local missing=()
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local run=(env DEBIAN_FRONTEND=noninteractive)
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || return 0
    run=(sudo "${run[@]}")
  fi
  echo "set-up: Debian packages ${missing[*]} for the tests (about a minute)"
  "${run[@]}" apt-get update -qq && "${run[@]}" apt-get install -y --no-install-recommends -qq "${missing[@]}" >/dev/null
}

if debian && "$here/fetch.py" services "$folder"; then
  echo "$stamp" >"$folder/.complete"
elif [ "${WEIR_SERVICES:-}" = required ]; then
  exit 2
else
  echo "services: not all could be had (the reason stands above): tests that need them are skipped" >&2
fi
