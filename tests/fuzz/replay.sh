#!/usr/bin/env bash
# replay.sh PROGRAM CORPUS: replays a corpus and fuzzes for three seconds, or for COFFER_FUZZ_SECONDS.
exec "$1" "$2" "${COFFER_FUZZ_SECONDS:-3}"
