#!/usr/bin/env bash
# Makes the Debian packages of a build and checks their names, files and dependencies.
#   debian_packages_test.sh BUILD SCRATCH VERSION
set -euo pipefail

build=$1 scratch=$2 version=$3
rm -rf "$scratch"
mkdir -p "$scratch"
cpack --config "$build/CPackConfig.cmake" -G DEB -B "$scratch" >"$scratch/cpack.txt" 2>&1 || { cat "$scratch/cpack.txt"; exit 1; }

failed=0
fail() { echo "$*" >&2; failed=1; }
package() { ls "$scratch/$1"_*.deb; }
# expect PACKAGE FIELD PART…: the field contains each part.
expect() {
  local name=$1 field=$2 value part
  value=$(dpkg-deb --field "$(package "$name")" "$field")
  shift 2
  for part in "$@"; do [[ "$value" == *"$part"* ]] || fail "$name: $field lacks $part: $value"; done
}
# holds PACKAGE PATTERN…: each pattern matches a file.
holds() {
  local files pattern
  files=$(dpkg-deb --contents "$(package "$1")")
  for pattern in "${@:2}"; do grep -q -- "$pattern" <<<"$files" || fail "$1: no file fits $pattern"; done
}

minor=${version%.*}
for name in "libcoffer$minor" libcoffer-c0 libcoffer-dev coffer; do
  [ -f "$(package "$name")" ] || fail "no package $name"
  expect "$name" Version "$version"
done
for name in "libcoffer$minor" libcoffer-c0 coffer; do
  expect "$name" Depends librocksdb libzstd1 libsimdjson libssl3 libarchive13 'libstdc++6' libc6
done
expect libcoffer-dev Depends "libcoffer$minor (= $version)" "libcoffer-c0 (= $version)" librocksdb-dev libarchive-dev
holds "libcoffer$minor" "usr/lib/.*libcoffer.so.$minor -> libcoffer.so.$version" "/libcoffer.so.$version\$"
holds libcoffer-c0 'usr/lib/.*libcoffer_c.so.0 ->'
holds libcoffer-dev usr/include/coffer/engine.h usr/share/doc/coffer/FORMAT.md usr/include/coffer/c.h /libcoffer.a /libcoffer_http.a '/libcoffer.so ->' \
  '/libcoffer_c.so ->' cmake/coffer/cofferConfig.cmake pkgconfig/coffer.pc pkgconfig/coffer_c.pc
holds coffer usr/bin/coffer
exit $failed
