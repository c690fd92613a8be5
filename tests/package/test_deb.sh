#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages build, hold what they promise, and Debian's own checks find nothing.
set -u
cd "$(dirname "$0")/../.." || exit 2
for program in dpkg-buildpackage dh dh_python3 lintian; do
    command -v "$program" >/dev/null || { echo "1..0 # SKIP no $program"; exit 0; }
done
[ -e .git ] || { echo "1..0 # SKIP not a repository"; exit 0; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
result() {
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || { echo "not ok $n - $2"; tail -15 "$tmp/log" 2>/dev/null | sed 's/^/# /'; }
}
git clone -q --depth 1 "file://$PWD" "$tmp/clone" 2>"$tmp/log" || { echo "1..0 # SKIP cannot clone"; exit 0; }
mkdir "$tmp/out"
nice "$tmp/clone/tests/package/build_deb.sh" "$tmp/out" >"$tmp/log" 2>&1
result $? "the packages build from the tarball"
# what is printed at all is a fault; notes on a missing home page are not printed
lintian --fail-on error,warning --suppress-tags no-homepage-field "$tmp"/out/*.changes >"$tmp/log" 2>&1
result $? "lintian finds nothing"
dpkg -c "$tmp"/out/tonus-lv2_*.deb >"$tmp/log" && grep -q 'usr/lib/lv2/tonus.lv2/relax.so' "$tmp/log"
result $? "tonus-lv2 holds the plugins"
dpkg -c "$tmp"/out/tonus-tools_*.deb >"$tmp/log" && grep -q 'usr/bin/tonus$' "$tmp/log" &&
    grep -q 'man1/tonus-bridge.1.gz' "$tmp/log" && grep -q 'applications/tonus.desktop' "$tmp/log"
result $? "tonus-tools holds the programs, their pages and the icon"
if command -v desktop-file-validate >/dev/null; then
    desktop-file-validate tools/desktop/tonus.desktop >"$tmp/log" 2>&1 && [ ! -s "$tmp/log" ]
    result $? "the desktop entry is valid"
fi
if command -v appstreamcli >/dev/null; then
    appstreamcli validate --no-net tools/desktop/tonus.metainfo.xml >"$tmp/log" 2>&1
    result $? "the AppStream data is valid"
fi
echo "1..$n"
