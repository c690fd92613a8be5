#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Each window in jalv.gtk3 under Xvfb: it is the plugin's own, it shows something, and in Tonus a key and a click move
# ports. The pictures stay in build/tests/shots. Skipped where jalv.gtk3, Xvfb, JACK or the picture tools are missing.
set -u
cd "$(dirname "$0")/../.." || exit 2
shots=$PWD/build/tests/shots
bundle=${TONUS_BUNDLE:-$PWD/build/lv2/tonus.lv2}
export LC_ALL=C.UTF-8 LV2_PATH="$PWD/build/lv2:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"
number=0

skip() { echo "ok 1 - windows in jalv # SKIP $1"; echo 1..1; exit 0; }
for tool in Xvfb jackd jack_wait jalv.gtk3 xdotool import identify; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done

tmp=$(mktemp -d)
pids=()
finish() {
    for ((k = ${#pids[@]} - 1; k >= 0; k--)); do
        kill "${pids[k]}" 2>/dev/null && wait "${pids[k]}" 2>/dev/null
    done
    rm -rf -- "$tmp"
}
trap finish EXIT
mkdir -p "$shots" "$tmp/.config" "$tmp/run"
chmod 700 "$tmp/run"
export HOME=$tmp XDG_CONFIG_HOME=$tmp/.config XDG_CACHE_HOME=$tmp/.cache XDG_RUNTIME_DIR=$tmp/run
export JACK_DEFAULT_SERVER=tonus-windows-$$ JACK_NO_START_SERVER=1 JACK_NO_AUDIO_RESERVATION=1 NO_AT_BRIDGE=1 GDK_BACKEND=x11
unset DISPLAY WAYLAND_DISPLAY XAUTHORITY

Xvfb -displayfd 4 -screen 0 1400x1000x24 -nolisten tcp -noreset 4>"$tmp/display" >/dev/null 2>&1 &
pids+=($!)
for ((i = 0; i < 1500; i++)); do [ ! -s "$tmp/display" ] || break; sleep 0.04; done
[ -s "$tmp/display" ] || skip "Xvfb does not start"
DISPLAY=:$(head -n 1 "$tmp/display")
export DISPLAY
jackd -n "$JACK_DEFAULT_SERVER" --no-realtime -d dummy -r 48000 -p 256 >"$tmp/jackd.log" 2>&1 &
pids+=($!)
jack_wait -w -t 60 >/dev/null 2>&1 || skip "JACK does not start"

say() { # say STATUS WORDS
    number=$((number + 1))
    if [ "$1" = 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

open() { # open NAME CONTROLS...: the window of a plugin, in $window, its process in $jalv
    local name=$1 w
    shift
    # line by line, so that values are there as soon as they are told
    stdbuf -oL jalv.gtk3 --print-controls -x --jack-name="T$name" $(printf ' -c %s' "$@") "urn:tonus:$name" </dev/null >"$tmp/jalv.log" 2>&1 &
    jalv=$!
    pids+=("$jalv")
    window=
    for ((i = 0; i < 1200 && ${#window} == 0; i++)); do
        kill -0 "$jalv" 2>/dev/null || return 1
        window=$(for w in $(xdotool search --onlyvisible --name '.+' 2>/dev/null); do
            eval "$(xdotool getwindowgeometry --shell "$w" 2>/dev/null | sed 's/^/G_/')"
            echo "$((G_WIDTH * G_HEIGHT)) $w"
        done | sort -n | tail -n 1 | cut -d ' ' -f 2)
        sleep 0.05
    done
    [ -n "$window" ] && eval "$(xdotool getwindowgeometry --shell "$window")"
}

shut() {
    kill "$jalv" 2>/dev/null
    wait "$jalv" 2>/dev/null
    unset 'pids[-1]'
}

picture() { # picture NAME: how many colours it has
    import -window root -crop "${WIDTH}x$HEIGHT+$X+$Y" +repage "$shots/$1.png" && identify -format %k "$shots/$1.png"
}

for file in "$bundle"/*_ui.so; do
    name=$(basename "$file" _ui.so)
    if open "$name" enabled=1; then
        for ((i = 0; i < 20; i++)); do
            sleep 1.5
            colours=$(picture "$name")
            [ "${colours:-0}" -le 100 ] || break
        done
        grep -q "^UI: *urn:tonus:$name#ui" "$tmp/jalv.log" && [ "${colours:-0}" -gt 100 ]
        say $? "$name shows its window, ${colours:-no} colours"
        shut
    else
        say 1 "$name shows its window"
        tail -5 "$tmp/jalv.log" | sed 's/^/# /'
    fi
done

wait_for() { # wait_for PATTERN: jalv tells an output's value
    for ((i = 0; i < 600; i++)); do
        grep -qE "$1" "$tmp/jalv.log" && return 0
        sleep 0.1
    done
    return 1
}

# A simulated person's signal into Tonus, then the therapist's and the person's work
if open relax exercise=1; then
    jalv -i -x -n Theart urn:tonus:heart </dev/null >/dev/null 2>&1 &
    heart=$!
    pids+=("$heart")
    sleep 1
    jack_connect Theart:out Trelax:in >/dev/null 2>&1
    # Start, by its place at the top; the picture is that of a session some seconds old
    xdotool mousemove $((X + WIDTH * 42 / 100)) $((Y + 60)) click 1
    wait_for '^phase = 1'
    say $? "a click on Start begins the exercise"
    sleep "${TONUS_SHOT_SECONDS:-12}"
    picture relax-therapist >/dev/null
    xdotool key f
    for ((i = 0; i < 10; i++)); do # it comes slowly
        sleep 6
        picture relax-person >/dev/null
        middle=$(convert "$shots/relax-person.png" -gravity center -crop 20x20+0+0 -format '%[fx:int(255*mean)]' info:)
        corner=$(convert "$shots/relax-person.png" -gravity southeast -crop 20x20+5+5 -format '%[fx:int(255*mean)]' info:)
        [ "$corner" -lt 20 ] && [ "$middle" -gt "$corner" ] && break
    done
    [ "$corner" -lt 20 ] && [ "$middle" -gt "$corner" ]
    say $? "F shows the person's view: dark ($corner), a figure in the middle ($middle)"
    xdotool key Escape Tab Tab space # the therapist's view; the focus goes on from Start to the exercise
    sleep 0.5
    xdotool key shift+Tab
    sleep 0.5
    picture relax-keyboard >/dev/null
    xdotool mousemove $((X + WIDTH * 42 / 100)) $((Y + 60)) click 1
    wait_for '^phase = [04]'
    say $? "a click on Stop ends it"
    kill "$heart" 2>/dev/null
    wait "$heart" 2>/dev/null
    unset 'pids[-1]'
    shut
else
    say 1 "Tonus opens"
fi

# The command tonus with its window: a person's baseline comes, and when the window goes the sound fades and it is kept
if /usr/bin/python3 -c 'import jack' 2>/dev/null; then
    keep() { PYTHONPATH=build/tools PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c "import tonus_memory as m; $1"; }
    keep "m.keep('Anna', {'baseline_rmssd': 40.0, 'baseline_resp_hrv': 70.0})"
    state=$(keep "print(m.person_folder('Anna'))")/state.ttl
    echo "# old" >>"$state"
    begin=$(date +%s%N)
    build/tonus --person Anna --seconds 2 --fade 1.5 sim: 2>"$tmp/said"
    status=$?
    took_ms=$((($(date +%s%N) - begin) / 1000000))
    [ $status = 0 ] && [ $took_ms -gt 3500 ] && grep -q 'baseline_rmssd> "3.68887' "$state" &&
        ! grep -q '^# old' "$state" # written anew
    say $? "tonus fades when its window goes ($took_ms ms), and keeps the person's baseline"
    [ $status = 0 ] || sed 's/^/# /' "$tmp/said"
fi
echo "1..$number"
