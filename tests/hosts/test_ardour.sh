#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Ardour lists and runs every plugin of the bundle. Skipped where there is no Ardour.
set -u
cd "$(dirname "$0")/../.." || exit 2
lua=$(command -v ardour9-lua || command -v ardour8-lua || command -v ardour7-lua || true)
if [ -z "$lua" ]; then
    echo "ok 1 - Ardour runs every plugin # SKIP ardour is not installed"
    echo 1..1
    exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# CV variants are for hosts with CV ports; Ardour before 8.7 does not list them
uris=$(sed -n 's/^<\(urn:tonus:[a-z]*\)>$/\1/p' build/lv2/tonus.lv2/manifest.ttl | sort -u)
export LV2_PATH="$PWD/build/lv2:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"
# Ardour 7.3 now and then dies of a heap fault of its own while saving: one second try
for try in 1 2; do
    rm -rf "$tmp/home" "$tmp/session"
    mkdir -p "$tmp/home"
    # shellcheck disable=SC2086
    env HOME="$tmp/home" XDG_CONFIG_HOME="$tmp/home/.config" XDG_CACHE_HOME="$tmp/home/.cache" \
        timeout -k 5 90 "$lua" tests/hosts/ardour_plugins.lua "$tmp/session" $uris >"$tmp/log" 2>&1
    grep -q '^DONE' "$tmp/log" && break
done
grep -E '^(not )?ok [0-9]' "$tmp/log"
for uri in $uris; do
    grep -qE "^(not )?ok .* $uri( |:|$)" "$tmp/log" || { echo "not ok - Ardour said nothing of $uri"; tail -20 "$tmp/log" | sed 's/^/# /'; }
done
grep -E "WARNING.*urn:tonus" "$tmp/log" | sed 's/^/# /'
exit 0
