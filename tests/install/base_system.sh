#!/usr/bin/env bash
# Proves the two commands of the README on a machine with nothing but a base system: a debootstrap'd Debian 12 folder.
# Needs root, debootstrap and a Debian mirror.
#   base_system.sh [FOLDER [MIRROR]]
set -euo pipefail

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
root=${1:-/tmp/base-system}
mirror=${2:-http://deb.debian.org/debian}
project="$root/opt/coffer"

[ -x "$root/usr/bin/apt-get" ] || debootstrap --variant=minbase bookworm "$root" "$mirror"
# The proxy settings of this machine's apt, if it has any, hold for that one too.
for settings in /etc/apt/apt.conf /etc/apt/apt.conf.d/*proxy*; do
  [ ! -e "$settings" ] || install -D -m 644 "$settings" "$root$settings"
done
cp /etc/resolv.conf "$root/etc/resolv.conf"

# What a clone would hold, and nothing that was built here.
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

clean=(env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8)
"${clean[@]}" chroot "$root" /bin/bash -c 'cd /opt/coffer && ./dev demo'
"${clean[@]}" chroot "$root" /bin/bash -c 'cd /opt/coffer && ./dev test'
echo "both commands passed on the base system in $root"
