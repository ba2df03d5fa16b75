#!/usr/bin/env bash
# Builds with SwiftPM, then puts DuckDB beside the programs: each of them looks in its own folder for it.
#   build.sh CONFIG PREFIX [swift build's options ...]     CONFIG is release or debug
set -euo pipefail
config=$1 prefix=$2
shift 2
if [ ! -d ".build/$config" ]; then
  echo "build: the first $config build, 5 to 10 minutes on two cores (later ones: seconds)"
elif [[ " $* " == *" --build-tests "* ]] && ! compgen -G ".build/$config/*.xctest" >/dev/null; then
  echo "build: the tests' first $config build, 4 to 8 minutes on two cores (later ones: seconds)"
fi
# The tests look inside modules, and program and tests are one build.
swift build --configuration "$config" -Xswiftc -enable-testing "$@"
ln -sfn "$prefix/lib/libduckdb.so" ".build/$config/libduckdb.so"
ln -sfn "$prefix/extensions" ".build/$config/extensions"
touch ".build/$config.built"
