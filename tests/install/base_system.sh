#!/usr/bin/env bash
# Runs the two commands of the README on a bare base system: a debootstrap'd folder of Debian 12 (bookworm) or 13 (trixie).
# Prints how long each command took. Needs root, debootstrap and a Debian mirror.
#   base_system.sh bookworm|trixie [FOLDER [MIRROR]]
set -euo pipefail

suite=${1:?usage: base_system.sh bookworm|trixie [FOLDER [MIRROR]]}
tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
root=${2:-/tmp/base-system-$suite}
mirror=${3:-http://deb.debian.org/debian}
project="$root/opt/coffer"

[ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror"
# The proxy settings of this machine's apt, if any, apply to the folder too.
for settings in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
  [ ! -e "$settings" ] || install -D -m 644 "$settings" "$root$settings"
done
cp /etc/resolv.conf "$root/etc/resolv.conf"

# The files of a clone, without anything built here.
rm -rf "$project"
mkdir -p "$project"
git -C "$tree" ls-files -z --cached --others --exclude-standard | tar -C "$tree" --null -T - -cf - | tar -C "$project" -xf -
if [ -f "$tree/../shared/data/conversations.ndjson.zst" ]; then
  mkdir -p "$root/opt/shared/data"
  cp -r "$tree/../shared/data/"{conversations.ndjson.zst,prompts.ndjson.zst,documents} "$root/opt/shared/data/"
fi

mount_if_needed() { mountpoint -q "$root/$1" || mount --bind "/$1" "$root/$1"; }
mount_if_needed proc
mount_if_needed dev
trap 'umount "$root/proc" "$root/dev"' EXIT

# timed WORDS…: runs them in the folder's copy of the project.
timed() {
  local began=$SECONDS
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    chroot "$root" /bin/bash -c "cd /opt/coffer && $*"
  printf '\n%s: %s took %d s\n' "$suite" "$*" $((SECONDS - began))
}
timed ./dev demo
timed ./dev test
echo "both commands passed on the base system in $root"
