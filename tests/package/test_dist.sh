#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The release's tarball: the same bytes each time; builds elsewhere, without git and network, to the
# same plugins; installs all that is told.
set -u
cd "$(dirname "$0")/../.." || exit 2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
result() {
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || { echo "not ok $n - $2"; tail -5 "$tmp/log" 2>/dev/null | sed 's/^/# /'; }
}
version=$(sed -n 's/^VERSION = "\(.*\)"/\1/p' wscript)
# a clone, so that what is not committed does not count and nobody's tree is written to
if [ -e .git ]; then
    git clone -q --depth 1 "file://$PWD" "$tmp/clone" 2>"$tmp/log" || { echo "1..0 # SKIP cannot clone"; exit 0; }
    tree="$tmp/clone"
else
    tree=$PWD
fi
(cd "$tree" && ./waf dist >"$tmp/log" 2>&1 && mv "tonus-$version.tar.xz" "$tmp/first.tar.xz" &&
    sleep 1 && ./waf dist >"$tmp/log" 2>&1 && mv "tonus-$version.tar.xz" "$tmp/second.tar.xz")
cmp -s "$tmp/first.tar.xz" "$tmp/second.tar.xz"
result $? "the same bytes each time"
tar -tf "$tmp/first.tar.xz" | grep -q "^tonus-$version/waflib/Build.py$" &&
    ! tar -tf "$tmp/first.tar.xz" | grep -vq "^tonus-$version/" && ! tar -tf "$tmp/first.tar.xz" | grep -qE '\.git/|/build/'
result $? "one folder, with waflib, without what was built"
mkdir "$tmp/a b" # a space in the path is no reason to fail
tar -xf "$tmp/first.tar.xz" -C "$tmp/a b"
cd "$tmp/a b/tonus-$version" || exit 2
alone=
unshare -rn true 2>/dev/null && alone="unshare -rn"
nice $alone env -u WAFDIR HOME=/nonexistent XDG_CACHE_HOME=/nonexistent GIT_DIR=/nonexistent \
    ./waf configure build --no-tests >"$tmp/log" 2>&1 </dev/null
result $? "builds with neither git nor ${alone:+(proved) }a network"
./waf install --destdir="$tmp/root" --prefix=/usr --lv2dir=/usr/lib/lv2 >"$tmp/log" 2>&1
result $? "installs"
for file in bin/tonus bin/tonus-bridge bin/tonus-analyze lib/lv2/tonus.lv2/manifest.ttl lib/lv2/tonus.lv2/relax.so \
    share/man/man1/tonus.1 share/man/man1/tonus-bridge.1 share/man/man1/tonus-analyze.1 \
    share/applications/tonus.desktop share/icons/hicolor/scalable/apps/tonus.svg share/metainfo/tonus.metainfo.xml; do
    [ -s "$tmp/root/usr/$file" ] || { echo "# no $file"; false; }
    result $? "installed: $file"
done
"$tmp/root/usr/bin/tonus" --version | grep -q "^tonus $version$"
result $? "the installed program runs"

# The same bytes in another folder: what is built here against what is built there
cp -r "$tmp/a b/tonus-$version" "$tmp/elsewhere"
cd "$tmp/elsewhere" || exit 2
rm -rf build .lock-waf*
./waf configure build --no-tests --plugins-only >"$tmp/log" 2>&1
count=0
for plugin in build/lv2/tonus.lv2/*.so; do # the windows, too
    count=$((count + 1))
    cmp "$plugin" "$tmp/a b/tonus-$version/build/lv2/tonus.lv2/$(basename "$plugin")" >>"$tmp/log" 2>&1 || touch "$tmp/differs"
done
[ ! -e "$tmp/differs" ] && [ $count -ge 20 ] && [ $count = "$(ls "$tmp/a b/tonus-$version/build/lv2/tonus.lv2" | grep -c '\.so$')" ]
result $? "the same plugins, byte for byte, wherever they are built"
echo "1..$n"
