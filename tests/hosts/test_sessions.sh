#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The sessions to start from: Carla's projects name what exists; Ardour makes, saves and reopens a session
# for each use of the template.
set -u
cd "$(dirname "$0")/../.." || exit 2
/usr/bin/python3 tests/hosts/carla_projects.py | grep -v '^1\.\.'
lua=$(command -v ardour9-lua || command -v ardour8-lua || command -v ardour7-lua || true)
[ -n "$lua" ] || { echo "ok - Ardour's template # SKIP ardour is not installed"; exit 0; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export LV2_PATH="$PWD/build/lv2:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"
headless() { # headless SCRIPT ARGUMENT...
    mkdir -p "$tmp/home"
    env HOME="$tmp/home" XDG_CONFIG_HOME="$tmp/home/.config" XDG_CACHE_HOME="$tmp/home/.cache" \
        timeout -k 5 300 "$lua" "$@" >"$tmp/log" 2>&1
    grep -q '^DONE' "$tmp/log"
}
expect() { # expect USE NAME LINE...: the reopened session has these tracks
    use=$1 name=$2
    shift 2
    # Ardour 7.3 now and then dies of a heap fault of its own: one second try
    for try in 1 2; do
        rm -rf "$tmp/session"
        headless tests/hosts/ardour_session.lua "$tmp/session" "$PWD/docs/sessions/tonus.lua" "$use" &&
            headless tests/hosts/ardour_reopen.lua "$tmp/session" template && break
    done
    bad=
    for line in "$@"; do
        grep -qxF "track $line" "$tmp/log" || bad="$bad [$line]"
    done
    [ -z "$bad" ] && grep -q '^DONE' "$tmp/log" && echo "ok - Ardour: $name" ||
        { echo "not ok - Ardour: $name: missing$bad"; tail -20 "$tmp/log" | sed 's/^/# /'; }
}
expect 1 "one person" "Tonus: urn:tonus:relax"
expect 2 "humming with music" "Heart: urn:tonus:beat urn:tonus:breath urn:tonus:hrv midi" "Voice: urn:tonus:hum midi" \
    "Music: urn:tonus:swell" "Drone: urn:tonus:drone"
expect 3 "two people" "Person A: urn:tonus:relax" "Person B: urn:tonus:relax"
expect 4 "a research take" "Tonus: urn:tonus:relax midi" "Take: urn:tonus:recorder"
exit 0
