#!/usr/bin/env bash
# Checks that a wheel needs nothing but Python: in a debootstrap'd Debian 12 folder with python3 and python3-venv, without
# network. Needs root, debootstrap and a Debian mirror.
#   wheel_on_base_system.sh WHEEL [FOLDER [MIRROR]]
set -euo pipefail

wheel=$1
root=${2:-/tmp/base-system-python}
mirror=${3:-http://deb.debian.org/debian}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

[ -x "$root/usr/bin/python3" ] || debootstrap --variant=minbase --include=python3,python3-venv bookworm "$root" "$mirror"
clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8)
inside() { "${clean[@]}" unshare --net chroot "$root" "$@"; }

found=$(inside sh -c 'command -v cc gcc g++ clang ld; ldconfig -p | grep -E "rocksdb|simdjson|libarchive|snappy"' || true)
[ -z "$found" ] || { echo "not a base system: $found" >&2; exit 1; }

rm -rf "$root/opt/wheel"
mkdir -p "$root/opt/wheel"
cp "$wheel" "$here/wheel_program.py" "$root/opt/wheel/"
mountpoint -q "$root/proc" || mount --bind /proc "$root/proc"
trap 'umount "$root/proc"' EXIT

inside python3 -m venv /opt/wheel/environment
inside /opt/wheel/environment/bin/pip install --quiet --no-index "/opt/wheel/$(basename "$wheel")"
inside /opt/wheel/environment/bin/python /opt/wheel/wheel_program.py /opt/wheel
inside /opt/wheel/environment/bin/coffer-migrate --help >/dev/null
du -sh "$root/opt/wheel/environment/lib/python3"*/site-packages/coffer{,.libs}
