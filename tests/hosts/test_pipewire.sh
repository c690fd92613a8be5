#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# tonus-bridge in PipeWire instead of JACK: a simulated person's heartbeats arrive, a live sensor's latency is announced,
# the end is clean. A PipeWire of our own without a sound card; skipped where it is not installed.
set -u
cd "$(dirname "$0")/../.." || exit 2

skip() {
    echo "ok 1 - the bridge in PipeWire # SKIP $1"
    echo 1..1
    exit 0
}

for program in pipewire pw-jack jack_rec jack_lsp python3; do
    command -v $program > /dev/null || skip "$program is not installed"
done
tmp=$(mktemp -d)
pids=""
end() {
    for pid in $pids; do kill "$pid" 2> /dev/null; done
    wait
    rm -rf "$tmp"
}
trap end EXIT
export XDG_RUNTIME_DIR="$tmp" PIPEWIRE_RUNTIME_DIR="$tmp" PIPEWIRE_LATENCY=256/48000
chmod 700 "$tmp"
pipewire > "$tmp/pipewire" 2>&1 &
pids=$!
for try in $(seq 60); do
    sleep 0.3
    [ -S "$tmp/pipewire-0" ] && break
done
[ -S "$tmp/pipewire-0" ] || skip "PipeWire does not start here"

failed=0
check() { # check NUMBER WORDS COMMAND...
    number=$1
    words=$2
    shift 2
    if "$@"; then echo "ok $number - $words"; else echo "not ok $number - $words"; failed=1; fi
}

pw-jack build/tonus-bridge sim:ecg heart_rate=60 rsa=0 sim:ppg person=B jitter=usb1 --json > "$tmp/json" 2> "$tmp/error" &
bridge=$!
for try in $(seq 60); do
    sleep 0.5
    pw-jack jack_lsp 2> "$tmp/log" | grep -q "B beats" && break
done
pw-jack jack_lsp > "$tmp/ports" 2> "$tmp/log"
ports_are_there() {
    for port in ECG PPG BELT quality beats "B ECG" "B PPG" "B quality" "B beats"; do
        grep -qx "tonus-bridge:$port" "$tmp/ports" || return 1
    done
}
check 1 "the ports are there" ports_are_there

# A packet of 1 ms, 40 ms for USB, 8 samples of 1 ms: 49 ms
latency() {
    pw-jack jack_lsp -l "tonus-bridge:B PPG" 2> "$tmp/log" | sed -n 's/.*capture latency = \[ \([0-9]*\) .*/\1/p'
}
announced() {
    for try in $(seq 60); do
        frames=$(latency)
        [ "${frames:-0}" = 2352 ] && return 0
        sleep 0.5
    done
    echo "# $frames frames"
    return 1
}
check 2 "a live sensor's latency is announced" announced

pw-jack timeout 60 jack_rec -f "$tmp/heart.wav" -d 6 tonus-bridge:ECG > "$tmp/log" 2>&1
beats() {
    python3 - "$tmp/heart.wav" <<'PYTHON'
import array, sys
data = open(sys.argv[1], "rb").read()
x = array.array("h", data[data.index(b"data") + 8:][:(len(data) - data.index(b"data") - 8) // 2 * 2])
high, peaks, away = max(x) / 2, 0, 0
for now, before in zip(x[1:], x):
    away += 1
    if high > 300 and before < high <= now and away > 16000:
        peaks, away = peaks + 1, 0
print(f"# {peaks} beats in {len(x) / 48000:.1f} s")
sys.exit(abs(peaks - len(x) / 48000) > 1.5)
PYTHON
}
check 3 "heartbeats arrive" beats
kill "$bridge"
wait "$bridge"
check 4 "it ends cleanly" test $? -eq 0
echo 1..4
exit $failed
