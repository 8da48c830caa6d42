#!/usr/bin/env bash
# Builds the wheel from the built tree, installs it into an environment of its own, and runs tests there.
#   python_test.sh PYTHON BUILD SCRATCH package|adapters
set -euo pipefail

python=$1 build=$2 scratch=$3 part=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package="$here/../../bindings/python"
environment="$scratch/environment"

skip() {
  echo "SKIPPED: $*" >&2
  [ "${CI:-}" = true ] && exit 1
  exit 77
}
# need MODULE REQUIREMENT…: imports the module, or else installs it.
need() {
  "$environment/bin/python" -c "import $1" 2>/dev/null && return
  timeout 300 "$environment/bin/pip" install --quiet "${@:2}" || skip "PyPI cannot be reached"
}

[ -x "$environment/bin/python" ] || "$python" -m venv "$environment" || skip "python3 cannot create a virtual environment"
requires='import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)["build-system"]["requires"], sep="\n")'
mapfile -t requirements < <("$python" -c "$requires" <"$package/pyproject.toml")
need 'scikit_build_core, auditwheel, wheel, pytest' "${requirements[@]}" pytest

# Uses the build's library; otherwise the wheel would compile the engine again.
rm -rf "$scratch/prefix" "$scratch/wheels"
cmake --install "$build" --prefix "$scratch/prefix" >/dev/null
CMAKE_PREFIX_PATH="$scratch/prefix" "$environment/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$scratch/wheels" "$package"
"$environment/bin/pip" install --quiet --no-deps --force-reinstall "$scratch"/wheels/coffer-*.whl
rm -rf "$scratch/prefix"

run_tests() { (cd "$scratch" && "$environment/bin/python" -X dev -m pytest -q -p no:cacheprovider "$@"); }
case "$part" in
  package) run_tests "$here"/test_*.py ;;
  adapters)
    need 'langchain_core, langgraph' 'langchain-core>=0.3' 'langgraph>=0.2'
    need 'pandas, psycopg, pyarrow, mypy' pandas pandas-stubs 'psycopg[binary]' pyarrow mypy
    (cd "$package" && "$environment/bin/mypy" --strict --cache-dir "$scratch/mypy" coffer)
    run_tests "$here"/test_documentation.py "$here"/adapters/test_*.py
    ;;
  *) exit 2 ;;
esac
