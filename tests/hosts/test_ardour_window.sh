#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Tonus's window in Ardour's own mixer under Xvfb; the picture stays in build/tests/shots/ardour-relax.png. It leads Ardour
# by the places of its buttons, which are known for Ardour 7.3 only: skipped with any other, and where tools are missing.
set -u
cd "$(dirname "$0")/../.." || exit 2
shots=$PWD/build/tests/shots
export LC_ALL=C.UTF-8 LV2_PATH="$PWD/build/lv2:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"

skip() { echo "ok 1 - Tonus's window in Ardour # SKIP $1"; echo 1..1; exit 0; }
for tool in ardour ardour7-lua Xvfb jackd jack_wait xdotool import identify; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done
ardour --version 2>/dev/null | grep -q 'Ardour7\.3' || skip "not Ardour 7.3"

tmp=$(mktemp -d)
pids=()
finish() {
    for ((k = ${#pids[@]} - 1; k >= 0; k--)); do
        kill "${pids[k]}" 2>/dev/null
        for ((i = 0; i < 40; i++)); do kill -0 "${pids[k]}" 2>/dev/null || break; sleep 0.1; done
        kill -9 "${pids[k]}" 2>/dev/null
        wait "${pids[k]}" 2>/dev/null
    done
    rm -rf -- "$tmp"
}
trap finish EXIT
mkdir -p "$shots" "$tmp/.config/ardour7" "$tmp/run"
chmod 700 "$tmp/run"
touch "$tmp/.config/ardour7/.a7" # no first-run wizard
export HOME=$tmp XDG_CONFIG_HOME=$tmp/.config XDG_CACHE_HOME=$tmp/.cache XDG_RUNTIME_DIR=$tmp/run
export JACK_DEFAULT_SERVER=tonus-ardour-$$ JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1 NO_AT_BRIDGE=1
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY

# A session with Tonus on its first track
for try in 1 2; do
    rm -rf "$tmp/session"
    timeout -k 5 300 ardour7-lua tests/hosts/ardour_window.lua "$tmp/session" urn:tonus:relax >"$tmp/lua.log" 2>&1
    grep -q '^DONE' "$tmp/lua.log" && break
done
[ -d "$tmp/session" ] || skip "Ardour makes no session"

Xvfb -displayfd 4 -screen 0 1500x950x24 -nolisten tcp -noreset 4>"$tmp/display" >/dev/null 2>&1 &
pids+=($!)
for ((i = 0; i < 1500; i++)); do [ ! -s "$tmp/display" ] || break; sleep 0.04; done
[ -s "$tmp/display" ] || skip "Xvfb does not start"
DISPLAY=:$(head -n 1 "$tmp/display")
export DISPLAY
jackd -n "$JACK_DEFAULT_SERVER" --no-realtime -d dummy -r 48000 -p 1024 >"$tmp/jackd.log" 2>&1 &
pids+=($!)
jack_wait -w -t 60 >/dev/null 2>&1 || skip "JACK does not start"
ardour --no-splash --no-announcements --no-hw-optimizations "$tmp/session" >"$tmp/ardour.log" 2>&1 &
pids+=($!)

window() { # window NAME SECONDS: waits for one whose name matches, in $found
    for ((i = 0; i < $2 * 5; i++)); do
        found=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -n 1)
        [ -z "$found" ] || return 0
        sleep 0.2
    done
    return 1
}
click() { # click X Y [TIMES]
    xdotool mousemove "$1" "$2"
    sleep 0.6
    xdotool click --repeat "${3:-1}" --delay 80 1
}

window 'Audio/MIDI Setup' 120 || skip "Ardour asks for no audio setup"
sleep 4
click 759 333 # the list of back ends: JACK
sleep 2
click 709 356
sleep 4
eval "$(xdotool getwindowgeometry --shell "$found")"
click $((X + WIDTH - 60)) $((Y + HEIGHT - 29)) # Start
sleep 20
for try in 1 2 3 4 5 6 7 8; do
    click 1326 73 # Mixer
    sleep 4
    click 325 208 2 # the strip's first plugin
    window 'Tonus' 6 && break
done
sleep 5
import -window root "$shots/ardour-relax.png"
[ -n "$found" ] && eval "$(xdotool getwindowgeometry --shell "$found")" &&
    import -window root -crop "${WIDTH}x$HEIGHT+$X+$Y" +repage "$tmp/window.png"
colours=$(identify -format %k "$tmp/window.png" 2>/dev/null)
if [ "${colours:-0}" -gt 300 ]; then
    echo "ok 1 - Tonus's window in Ardour, $colours colours"
else
    echo "not ok 1 - Tonus's window in Ardour, ${colours:-no} colours"
    xdotool search --onlyvisible --name '.+' getwindowname %@ 2>/dev/null | sed 's/^/# /'
    grep -iE 'tonus|lv2' "$tmp/ardour.log" | tail -5 | sed 's/^/# /'
fi
echo 1..1
