#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Ardour lists every plugin of the bundle, runs it on a track with flexible and with strict I/O, exports 30 s, and finds
# all in the session again; run() is guarded all the time. Skipped where there is no Ardour.
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
bundle=build/lv2/tonus.lv2
words=$(for name in $(sed -n 's/^<urn:tonus:\([a-z]*\)>$/\1/p' $bundle/manifest.ttl | sort -u); do
    # a stereo track for what has stereo outputs; CV variants are for hosts with CV ports
    if grep -q 'lv2:symbol "out_left"' "$bundle/$name.ttl"; then echo "urn:tonus:$name=2"; else echo "urn:tonus:$name=1"; fi
done)
export LV2_PATH="$PWD/build/lv2:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"

# The input: 30 s of a plain ECG, one beat a second
python3 - "$tmp/in.wav" <<'PYTHON'
import math, struct, sys
rate = 48000
waves = ((-0.17, 0.03, 0.03), (-0.03, 0.008, -0.04), (0, 0.012, 0.4), (0.03, 0.01, -0.08), (0.26, 0.06, 0.1))
frames = [sum(size * math.exp(-((i / rate - 0.5 - at) / width) ** 2) for at, width, size in waves)
          for i in range(rate)] * 30
data = struct.pack(f"<{len(frames)}f", *frames)
form = struct.pack("<HHIIHH", 3, 1, rate, rate * 4, 4, 32)
with open(sys.argv[1], "wb") as out:
    out.write(b"RIFF" + struct.pack("<I", 28 + len(data) + 8) + b"WAVEfmt " + struct.pack("<I", 16) + form +
              b"data" + struct.pack("<I", len(data)) + data)
PYTHON

ardour() { # ardour WORK: one run, its words in $tmp/WORK.log
    # Ardour 7.3 now and then dies of a heap fault of its own while saving: one second try
    for try in 1 2; do
        rm -rf "$tmp/home"
        [ "$1" = reopen ] || rm -rf "$tmp/session"
        mkdir -p "$tmp/home" "$tmp/out"
        # shellcheck disable=SC2086
        env HOME="$tmp/home" XDG_CONFIG_HOME="$tmp/home/.config" XDG_CACHE_HOME="$tmp/home/.cache" \
            RTGUARD_PLUGINS=urn:tonus: RTGUARD_REPORT="$tmp/$1.report" RTGUARD_QUIET=1 \
            LD_PRELOAD="$PWD/build/tests/traps/rtguard.so" \
            timeout -k 5 300 "$lua" tests/hosts/ardour_plugins.lua "$1" "$tmp/session" "$tmp/in.wav" "$tmp/out/$1.wav" \
            $words >"$tmp/$1.log" 2>&1
        grep -q '^DONE' "$tmp/$1.log" && break
    done
    grep -E '^(not )?ok ' "$tmp/$1.log"
    for word in $words; do
        grep -qE "^(not )?ok .* ${word%=*}( |:|,|$)" "$tmp/$1.log" ||
            { echo "not ok - Ardour, $1, said nothing of $word"; tail -20 "$tmp/$1.log" | sed 's/^/# /'; }
    done
    grep -E "WARNING.*urn:tonus:[a-z]*>" "$tmp/$1.log" | sed "s/^/# /"
    grep -q '^DONE' "$tmp/$1.log" || echo "not ok - Ardour, $1, did not come to its end"
}
judge() { # judge WORK: the guard's report and the export
    python3 - "$1" "$tmp/$1.report" "$tmp/out/$1.wav" <<'PYTHON'
import math, os, struct, sys
work, report, wav = sys.argv[1:]
calls, violations = struct.unpack("<QQ", open(report, "rb").read(16)) if os.path.exists(report) else (0, 0)
fine = calls > 10000 and violations == 0
print(f"{'ok' if fine else 'not ok'} - Ardour, {work}: {calls} guarded calls of run(), {violations} violations")
data = open(wav, "rb").read() if os.path.exists(wav) else b""
at = data.find(b"data")
frames = struct.unpack_from(f"<{(len(data) - at - 8) // 4}f", data, at + 8) if at > 0 else ()
finite = all(map(math.isfinite, frames))
level = 10 * math.log10(sum(x * x for x in frames[::7]) * 7 / len(frames) + 1e-20) if frames and finite else -200
fine = finite and len(frames) >= 30 * 48000 and level > -60
print(f"{'ok' if fine else 'not ok'} - Ardour, {work}: exported {len(frames) / 2 / 48000:.1f} s, {level:.1f} dB")
PYTHON
    grep -A6 "rtguard: in real" "$tmp/$1.log" | sed 's/^/# /'
}
proved() { # proved STATUS WORDS
    if [ "$1" = 0 ]; then echo "ok - Ardour: $2"; else echo "not ok - Ardour: $2"; sed 's/^/# /' "$tmp/proof"; fi
}
ardour flexible
judge flexible
ardour reopen
ardour strict
judge strict

# What is wrong must be seen: a plugin that is not there, one that takes memory in run(), others than were saved
export LV2_PATH="$PWD/build/tests/bad:${TONUS_LV2_SYSTEM:-/usr/lib/lv2}"
words="urn:tonus:bad:good=1 urn:tonus:bad:malloc=1 urn:tonus:bad:absent=1"
{ ardour proof && judge proof; } >"$tmp/proof"
grep -q '^ok .*bad:good,' "$tmp/proof" && grep -q '^not ok .*bad:absent: not listed' "$tmp/proof" &&
    grep -q '^not ok .*guarded calls of run(), [1-9]' "$tmp/proof"
proved $? "a plugin that is missing and one that takes memory are refused"
words="urn:tonus:bad:malloc=1 urn:tonus:bad:malloc=1"
ardour reopen >"$tmp/proof"
grep -q '^not ok .*another plugin is in its place' "$tmp/proof" && grep -q '^ok .*bad:malloc is there' "$tmp/proof"
proved $? "a session with another plugin is refused"
exit 0
