#!/usr/bin/env bash
# Shows the main job: import, statistics, comparison with the input, backup, bulk delete, restore, export, HTTP.
#   demo.sh BUILD_FOLDER
set -euo pipefail

build=$1
coffer="$build/coffer"
compare="$build/tests/demo/compare_records"
demo="$build/demo"
data="$demo/data"
deleted_before=2025-03-01T00:00:00Z

rm -rf "$demo"
mkdir -p "$demo"
started=$SECONDS

title() { printf '\n== %s\n' "$*"; }
run() {
  printf '$ coffer %s\n' "$*"
  "$coffer" --data "$data" "$@"
}

# member NAME: the value of the first member of this name that is a string, in the JSON on stdin.
member() { grep -o "\"$1\": *\"[^\"]*\"" | sed -n '1s/.*"\(.*\)"$/\1/p'; }

if [ -f ../shared/data/conversations.ndjson.zst ]; then
  set=../shared/data
  origin="the development data set in $set"
  conversations=$set/conversations.ndjson.zst
  prompts=$set/prompts.ndjson.zst
  documents=$set/documents/documents.ndjson.zst
  contents=$set/documents/documents.tar.zst
else
  set="$demo/set"
  origin="a GENERATED set of similar shape (no data set in ../shared/data)"
  title "no data set at hand: generating one of similar shape"
  "$build/bench/data/generate_data" "$set"
  conversations=$set/conversations.ndjson
  prompts=$set/prompts.ndjson
  documents=$set/documents/documents.ndjson
  contents=$set/documents/contents
fi

title "1. import: $origin"
run import "$conversations" --kind conversation
run import "$prompts" --kind prompt
run import "$documents" --kind document --contents "$contents"

title "2. statistics"
run stats

title "3. every text and every byte of content, compared with the files they came from"
"$compare" store "$data" "$set"

title "4. a full backup, then an incremental one that shares with it"
run backup create --name demo
run delete prompts --where '{"limit":5}' --yes
run backup create --type incremental --name after
run backup list

title "5. bulk delete: conversations created before $deleted_before"
run delete conversations --where "{\"created_before\":\"$deleted_before\"}" --yes
run stats
run verify
if "$compare" store "$data" "$set" >"$demo/after-delete.txt" 2>&1; then
  echo "the comparison passed although records were deleted" >&2
  exit 1
fi
tail -n 1 "$demo/after-delete.txt"

title "6. verify the backup by reading every value in place, put five prompts back, then all of it"
backup=$("$coffer" --data "$data" --json backup list --type full | member id)
run backup verify "$backup" --level 4
run restore "$backup" --scope prompts
run restore "$backup"
run verify
"$compare" store "$data" "$set"

title "7. export as JSON, and compare the file too; export as CSV, import that elsewhere, and compare"
run export --format json --output "$demo/export.json.zst"
"$compare" export "$demo/export.json.zst" "$set"
run export --format csv --output "$demo/export.csv.tar.zst"
"$coffer" --data "$demo/from-csv" import "$demo/export.csv.tar.zst"
"$compare" store "$demo/from-csv" "$set"

title "8. over HTTP: what any client sees, with a token for an admin and one for a user"
user=$("$coffer" --data "$data" token create --user demo-user 2>/dev/null)
"$coffer" --data "$data" --json serve --listen 127.0.0.1:0 >"$demo/serve.json" &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do [ -s "$demo/serve.json" ] && break; sleep 0.1; done
url=$(member url <"$demo/serve.json")
admin=$(member token <"$demo/serve.json")
call() {
  local token=$1
  shift
  printf '$ curl -H "Authorization: Bearer ..." %s\n' "$*"
  curl -sS -H "Authorization: Bearer $token" "$@" | cut -c 1-600
  echo
}
call "$admin" "$url/api/v1/data/stats"
call "$admin" "$url/api/v1/data/backups"
call "$admin" "$url/api/v1/data/backup" -H 'Content-Type: application/json' -d '{"retention_days": 0}'
call "$user" "$url/api/v1/data/bulk/delete-prompts" -H 'Content-Type: application/json' -d '["not-mine"]'
call "$user" "$url/api/v1/data/stats"
kill -TERM "$server"
wait "$server"
trap - EXIT

title "done in $((SECONDS - started)) s"
cat <<TEXT
Imported $origin; compared every member, text and byte of content
after the import, after deleting and restoring, and in the export: all equal.
The data folder is $data; look at it with:
  $coffer --data $data stats
TEXT
