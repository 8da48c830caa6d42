#!/usr/bin/env bash
# Compares the recorded answers of validation_cases.jsonl with the current FastAPI and Pydantic, in an environment of their own.
# If they cannot be fetched, the test is skipped (status 77), except in continuous integration.
#   oracle_test.sh FOLDER_OF_ENVIRONMENT
set -euo pipefail

environment=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 77
}

if ! [ -x "$environment/bin/python3" ]; then
  python3 -m venv "$environment" || skip "python3 cannot create a virtual environment (Debian package python3-venv)"
fi
"$environment/bin/python3" -c 'import fastapi, httpx' 2>/dev/null ||
  timeout 120 "$environment/bin/pip" install --quiet 'fastapi>=0.115' 'pydantic>=2.10' httpx || skip "PyPI cannot be reached"
exec "$environment/bin/python3" "$here/validation_cases.py"
