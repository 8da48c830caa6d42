#!/usr/bin/env bash
# Builds and runs the program of the C interface's page as it stands there.
#   readme_test.sh PAGE HEADER_FOLDER LIBRARY COMPILER SCRATCH [FLAGS…]
set -euo pipefail
page=$1 headers=$2 library=$3 compiler=$4 scratch=$5
rm -rf "$scratch"
mkdir -p "$scratch"
sed -n '/^```c$/,/^```$/p' "$page" | sed '1d;$d' >"$scratch/program.c"
[ -s "$scratch/program.c" ] || { echo "no program in $page" >&2; exit 1; }
"$compiler" -std=c11 -Wall -Wextra -Werror "${@:6}" -I "$headers" "$scratch/program.c" -o "$scratch/program" "$library" \
  "-Wl,-rpath,$(dirname "$library")"
cd "$scratch"
./program | grep -q '"content":"Sum up: {text}"'
