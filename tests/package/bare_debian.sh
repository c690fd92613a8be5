#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# bare_debian.sh [ROOT]: the README's two commands as a new user types them, in a Debian 12 that has
# nothing but git. Makes the root with debootstrap where ROOT (default: a temporary folder) is
# empty, clones this repository into it and runs `./waf demo` and `./waf test` there. Needs root, debootstrap and a mirror
# (MIRROR, default deb.debian.org). Takes about 15 minutes; not part of `./waf test`.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
[ "$(id -u)" = 0 ] || { echo "bare_debian.sh: must be root (it makes and enters another root)" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "bare_debian.sh: install the package debootstrap" >&2; exit 1; }
root=${1:-}
own=
[ -n "$root" ] || { root=$(mktemp -d); own=1; }
finish() {
    for place in dev/pts dev/shm dev proc; do
        ! mountpoint -q "$root/$place" || umount -l "$root/$place"
    done
    [ -z "$own" ] || rm -rf --one-file-system "$root"
}
trap finish EXIT
trap 'exit 130' INT TERM
if [ ! -x "$root/usr/bin/git" ]; then
    debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$root.log" 2>&1 ||
        { tail -5 "$root.log" >&2; exit 1; }
    # the way to the mirror that this machine uses (a proxy, time-outs, names)
    for file in $(grep -ls '^Acquire' /etc/apt/apt.conf.d/* /etc/apt/apt.conf) /etc/resolv.conf; do
        cp "$file" "$root$file"
    done
fi
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"
mount --bind /dev/pts "$root/dev/pts"
rm -rf "$root/root/tonus"
git clone -q "file://$top" "$root/root/tonus"
inside() { chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 sh -c "cd /root/tonus && $1" </dev/null; }
echo "== ./waf demo"
inside "./waf demo"
echo "== ./waf test"
inside "./waf test"
