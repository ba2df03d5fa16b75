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

# The stamp names what is there of DuckDB, pins included.
stamp="$(cksum <"$here/pypi.txt") $*"
is_complete=$([ "$(cat "$prefix/.complete" 2>/dev/null)" != "$stamp" ] || echo yes)

command -v swift >/dev/null || fail "needs Swift 6.2 or later: see https://www.swift.org/install/linux/"

# Debian packages. pip and Python's venv are asked for where they are used: by the download below, by `make bench`.
packages=(g++ git libsqlite3-dev pkgconf tzdata zlib1g-dev)
[ -n "$is_complete" ] || packages+=(ca-certificates python3 python3-pip)
# A toolchain unpacked from an archive may lack the libraries it was linked with.
if [ -z "$is_complete" ]; then
  tools=$(dirname "$(readlink -f "$(command -v swift)")")
  libraries=$(ldd "$tools"/swift-build "$tools"/swift-frontend "$tools"/lld 2>/dev/null || true)
  if grep -q 'not found' <<<"$libraries"; then
    packages+=(libcurl4 libedit2 libncurses6 libxml2 tzdata)
  fi
fi
is_debian() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || return 1
  [ ! -e /etc/os-release ] || grep -qE '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release
}
if ! is_debian; then
  missing=()
  for tool in g++ git pkg-config python3; do
    command -v "$tool" >/dev/null || missing+=("$tool,")
  done
  pkg-config --exists sqlite3 2>/dev/null || missing+=("SQLite's headers (sqlite3.pc),")
  pkg-config --exists zlib 2>/dev/null || missing+=("zlib's headers (zlib.pc),")
  [ -n "$is_complete" ] || python3 -m pip --version >/dev/null 2>&1 || missing+=("Python's pip,")
  if [ ${#missing[@]} -gt 0 ]; then
    list=${missing[*]}
    fail "not a Debian system, and it lacks ${list%,}: install what Debian calls ${packages[*]}"
  fi
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
    said=$("${run[@]}" apt-get update -qq 2>&1) || fail "apt-get update failed: $said"
    # shellcheck disable=SC2086
    said=$("${run[@]}" $install -qq 2>&1) || {
      echo "$said" >&2
      fail "could not install; as root, run: apt-get update && $install"
    }
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

if [ -z "$is_complete" ]; then
  python3 "$here/fetch.py" duckdb "$prefix" "$@"
  echo "$stamp" >"$prefix/.complete.new"
  mv "$prefix/.complete.new" "$prefix/.complete"
fi
