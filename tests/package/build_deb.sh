#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# build_deb.sh DIR: the release's tarball and the Debian packages of this tree, into DIR.
set -eu
out=$(realpath "$1")
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^VERSION = "\(.*\)"/\1/p' wscript)
./waf dist >/dev/null
mv "tonus-$version.tar.xz" "$out/tonus_$version.orig.tar.xz"
tar -xf "$out/tonus_$version.orig.tar.xz" -C "$out"
cp -r debian "$out/tonus-$version/"
cd "$out/tonus-$version"
dpkg-buildpackage -us -uc -j"$(nproc)" >"$out/build.log" 2>&1 || { tail -30 "$out/build.log" >&2; exit 1; }
