#!/usr/bin/env bash
# Layout and syntax of everything that is not compiled by the build.
set -euo pipefail
swift format lint --strict --parallel --recursive Package.swift Sources Tests
git ls-files '*.sh' .ci/run | while read -r file; do bash -n "$file"; done
if command -v shellcheck >/dev/null; then git ls-files '*.sh' .ci/run | xargs shellcheck; fi
# The cases' projects may be wrong on purpose.
git ls-files '*.py' ':!Tests/EndToEndTests/Cases' | xargs python3 -c \
  'import ast, sys; [ast.parse(open(f).read(), f) for f in sys.argv[1:]]'
echo "lint: clean"
