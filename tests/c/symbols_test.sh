#!/usr/bin/env bash
# Compares the list of exported symbols with those the library exports, the header declares and the C test calls.
# symbols_test.sh LIST LIBRARY PROGRAM HEADER
set -euo pipefail
export LC_ALL=C

list=$(sort "$1")
compare() { diff <(echo "$list") - >&2 || { echo "$1 differs from the list" >&2; exit 1; }; }

# The version's name is among them as an absolute symbol.
nm -D --defined-only "$2" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort | compare "what $2 shows"
nm -D --defined-only "$2" | awk '$2 == "T" && $3 !~ /@@COFFER_0\.[0-9]+$/ { print; found = 1 } END { exit found }' ||
  { echo "symbols without a version" >&2; exit 1; }
grep -o '\bcoffer_[a-z0-9_]*(' <(grep -A 1 '^COFFER_C_API' "$4") | tr -d '(' | sort -u | compare "what $4 declares"
nm -D --undefined-only "$3" | awk '{ print $2 }' | sed 's/@.*//' | grep '^coffer_' | sort | compare "what $3 calls"
