#!/usr/bin/env bash
# Runs a Python example with DuckDB from PyPI in an environment of its own: run_with_duckdb.sh PYTHON ENVIRONMENT SCRATCH
# EXAMPLE. If DuckDB cannot be downloaded, the test is skipped (status 77); in continuous integration it fails.
set -euo pipefail

python=$1 environment=$2 scratch=$3 example=$4

skip() {
  echo "SKIPPED: $*" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 77
}

[ -x "$environment/bin/python" ] || "$python" -m venv "$environment" || skip "python3 cannot create a virtual environment"
"$environment/bin/python" -c 'import duckdb' 2>/dev/null ||
  timeout 300 "$environment/bin/pip" install --quiet 'duckdb>=1.4' || skip "PyPI cannot be reached"
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
exec "$environment/bin/python" "$example"
