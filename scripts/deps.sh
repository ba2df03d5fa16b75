#!/usr/bin/env bash
# Sees to everything a build needs: Swift, Debian packages, DuckDB. Does nothing that is done already.
#   deps.sh PREFIX [EXTENSION ...]     PREFIX is where DuckDB lives (the Makefile's DUCKDB)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
prefix=$1
shift
fail() {
  echo "set-up: $*" >&2
  exit 2
}

command -v swift >/dev/null || fail "needs Swift 6.2 or later: see https://www.swift.org/install/linux/"

# Debian packages. pip and Python's venv are asked for where they are used: by the download below, by `make bench`.
packages=(g++ git libsqlite3-dev pkgconf zlib1g-dev)
[ -e "$prefix/.complete" ] || packages+=(ca-certificates python3 python3-pip)
# A toolchain unpacked from an archive may lack the libraries it was linked with.
if [ ! -e "$prefix/.complete" ]; then
  tools=$(dirname "$(readlink -f "$(command -v swift)")")
  libraries=$(ldd "$tools"/swift-build "$tools"/swift-frontend "$tools"/lld 2>/dev/null || true)
  if grep -q 'not found' <<<"$libraries"; then
    packages+=(libcurl4 libedit2 libncurses6 libxml2 tzdata)
  fi
fi
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  for tool in g++ git pkg-config python3; do
    command -v "$tool" >/dev/null || fail "not a Debian system: install what Debian calls ${packages[*]} ($tool is missing)"
  done
  pkg-config --exists sqlite3 || fail "not a Debian system: install SQLite's library and headers (sqlite3.pc is missing)"
else
  present=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
  missing=()
  for package in "${packages[@]}"; do
    grep -qxF "installed $package" <<<"$present" || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    install="apt-get install -y --no-install-recommends ${missing[*]}"
    run=(env DEBIAN_FRONTEND=noninteractive)
    if [ "$(id -u)" != 0 ]; then
      command -v sudo >/dev/null || fail "needs packages; as root, run: apt-get update && $install"
      run=(sudo "${run[@]}")
    fi
    echo "set-up: Debian packages ${missing[*]} (about a minute)"
    "${run[@]}" apt-get update -qq || fail "apt-get update failed (its reason stands above)"
    # shellcheck disable=SC2086
    "${run[@]}" $install -qq >/dev/null ||
      fail "could not install; as root, run: apt-get update && $install"
  fi
fi

# Swift: 6.2 or later.
if ! swift=$(swift --version 2>&1); then
  fail "'swift --version' failed: $swift (what Swift needs: https://www.swift.org/install/linux/)"
fi
version=$(sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' <<<"$swift" | head -n 1)
if [ "$(printf '6.2\n%s\n' "${version:-0}" | sort -V | head -n 1)" != 6.2 ]; then
  fail "needs Swift 6.2 or later, but $(command -v swift) is ${version:-of no known version}"
fi

# DuckDB: the stamp names what is there, pins included.
stamp="$(cksum <"$here/pypi.txt") $*"
if [ "$(cat "$prefix/.complete" 2>/dev/null)" != "$stamp" ]; then
  python3 "$here/fetch.py" duckdb "$prefix" "$@"
  echo "$stamp" >"$prefix/.complete.new"
  mv "$prefix/.complete.new" "$prefix/.complete"
fi
