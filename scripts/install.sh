#!/usr/bin/env bash
# Installs the release build: all of it in PREFIX/lib/weir, a link in PREFIX/bin, shell completions, the manual page.
#   install.sh DUCKDB_PREFIX PREFIX [DESTDIR]
set -euo pipefail
duckdb=$1 prefix=$2 destination=${3:-}
home="$destination$prefix/lib/weir"
binary=.build/release/weir

mkdir -p "$home" "$destination$prefix/bin" 2>/dev/null || {
  echo "install: no permission to write $destination$prefix: run it as root, or choose a folder: make install PREFIX=~/.local" >&2
  exit 2
}
# A running weir keeps its old file: install writes a new one.
install -m 755 "$binary" "$home/weir.new"
strip --strip-unneeded "$home/weir.new"
mv "$home/weir.new" "$home/weir"
install -m 644 "$duckdb/lib/libduckdb.so" "$home/libduckdb.so.new"
mv "$home/libduckdb.so.new" "$home/libduckdb.so"
rm -rf "$home/extensions"
if [ -d "$duckdb/extensions" ]; then cp -R "$duckdb/extensions" "$home/extensions"; fi
ln -sfn ../lib/weir/weir "$destination$prefix/bin/weir"

complete() {
  mkdir -p "$(dirname "$destination$prefix/share/$2")"
  "$home/weir" completions "$1" >"$destination$prefix/share/$2"
}
complete bash bash-completion/completions/weir
complete zsh zsh/site-functions/_weir
complete fish fish/vendor_completions.d/weir.fish
mkdir -p "$destination$prefix/share/man/man1"
"$(dirname "${BASH_SOURCE[0]}")/manual.py" "$home/weir" >"$destination$prefix/share/man/man1/weir.1"
echo "install: $prefix/bin/weir ($("$destination$prefix/bin/weir" --version))"
