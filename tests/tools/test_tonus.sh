#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The command tonus: a whole session on a private sound server, what it remembers, how it ends.
set -u
cd "$(dirname "$0")/../.." || exit 2
tonus=build/tonus
for program in jackd jalv jack_lsp jack_wait; do
    command -v "$program" >/dev/null || { echo "1..0 # SKIP no $program"; exit 0; }
done
/usr/bin/python3 -c 'import jack' 2>/dev/null || { echo "1..0 # SKIP no python3-jack-client"; exit 0; }
tmp=$(mktemp -d)
export XDG_CONFIG_HOME="$tmp/config" JACK_DEFAULT_SERVER="tonus-test-$$" JACK_NO_AUDIO_RESERVATION=1
unset DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR PIPEWIRE_RUNTIME_DIR
jackd_pid=
finish() { [ -n "$jackd_pid" ] && kill "$jackd_pid" && wait "$jackd_pid"; rm -rf "$tmp"; }
trap finish EXIT
n=0
result() { # result STATUS NAME
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || { echo "not ok $n - $2"; sed 's/^/# /' "$tmp/said" 2>/dev/null; }
}
until_true() { # until_true COMMAND...: waits for it, long enough for a busy machine
    tries=0
    while ! "$@" && [ $tries -lt 600 ]; do
        tries=$((tries + 1))
        sleep 0.1
    done
    "$@"
}
wired() { # wired PORT OTHER: they are connected
    jack_lsp -c 2>/dev/null | grep -A3 -x "$1" | grep -q "^   $2"
}
refused() { # refused NAME STATUS WORDS COMMAND...: one line that holds the words
    name=$1 status=$2 words=$3
    shift 3
    "$@" >"$tmp/out" 2>"$tmp/said" </dev/null
    got=$?
    [ $got = "$status" ] && [ "$(grep -c 'tonus: ' "$tmp/said")" = 1 ] && grep -q -- "$words" "$tmp/said"
    result $? "refused: $name"
}

"$tonus" --help | grep -q '^usage: tonus' && "$tonus" --version | grep -qE '^tonus [0-9.]+$'
result $? "--help and --version"
refused "an option that is none" 2 "nonsense" "$tonus" --nonsense
refused "a setting that is none" 2 "SYMBOL=NUMBER" "$tonus" --control "volume" sim:
refused "no sensor named, nobody to ask" 1 "no sensor was named" "$tonus" --no-window
refused "no screen" 1 "no screen" "$tonus" sim:
mkdir "$tmp/bin"
ln -s /usr/bin/env "$tmp/bin/env"
refused "no host installed" 1 "install the package jalv" env PATH="$tmp/bin" "$tonus" --no-window sim:

jackd -n "$JACK_DEFAULT_SERVER" --no-realtime -d dummy -r 48000 -p 256 >"$tmp/jackd.log" 2>&1 &
jackd_pid=$!
jack_wait -w -t 120 >/dev/null 2>&1 || { echo "Bail out! jackd did not start"; exit 1; }
refused "a sensor that is none" 1 "nonsense" "$tonus" --no-window nonsense:

"$tonus" --no-window --fade 3 sim: --control volume=24 2>"$tmp/said" &
pid=$!
until_true wired Tonus:in tonus-bridge:ECG
result $? "the sensor is connected"
until_true wired Tonus:out_left system:playback_1 && until_true wired Tonus:out_right system:playback_2
result $? "the speakers are connected"
until_true wired Tonus:mic system:capture_1
result $? "the microphone is connected"
jack_rec -f "$tmp/end.wav" -d 6 -b 16 Tonus:out_left >/dev/null 2>&1 &
recording=$!
until_true wired Tonus:out_left jackrec
sleep 1.5 # the drone rises
kill -TERM $pid
wait $pid
result $? "SIGTERM ends it well"
wait $recording
/usr/bin/python3 - "$tmp/end.wav" 2>"$tmp/said" <<'END'
import array, sys, wave
with wave.open(sys.argv[1]) as take:
    rate, sound = take.getframerate(), array.array("h", take.readframes(take.getnframes()))
step = rate // 4
power = [sum(x * x for x in sound[i : i + step]) / step for i in range(0, len(sound) - step, step)]
most = power.index(max(power))
print("power in quarters of a second:", *map(round, power), file=sys.stderr)
fall = power[most : most + 5]  # it does not stop short
sys.exit(not (len(fall) == 5 and all(0.0 < b < a for a, b in zip(fall, fall[1:]))))
END
status=$?
result $status "and lets the sound fade"
! jack_lsp 2>/dev/null | grep -qE '^(Tonus|tonus-bridge)'
result $? "nothing of it stays, the server does"

# what was chosen is chosen again, and a second session beside the first takes names of its own
"$tonus" --no-window --fade 0 2>"$tmp/said" &
first=$!
until_true grep -q 'the sensor' "$tmp/said"
"$tonus" --no-window --fade 0 --seconds 1 --microphone none --speakers none 2>"$tmp/second"
status=$?
kill -TERM $first
wait $first && grep -q 'tonus-bridge:ECG to Tonus:in' "$tmp/said"
result $? "the choice is remembered"
[ $status = 0 ] && grep -q 'tonus-bridge-2:ECG to Tonus-2:in' "$tmp/second" && ! grep -q 'speakers\|microphone' "$tmp/second"
result $? "two at once, one without microphone and speakers"
echo '{"source": 7' >"$XDG_CONFIG_HOME/tonus/choice.json"
refused "a damaged memory is a first time" 1 "no sensor was named" "$tonus" --no-window

# a baseline comes and is kept again, by the plugin's own account of it
keep() { PYTHONPATH=build/tools PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -c "import tonus_memory as m; $1"; }
kept=$(keep "print(m.person_folder('Anna Å.'))")/state.ttl
keep "m.keep('Anna Å.', {'baseline_rmssd': 33.1, 'baseline_resp_hrv': 70.5})"
echo "# old" >>"$kept"
"$tonus" --no-window --fade 0 --seconds 1 --person 'Anna Å.' sim: 2>"$tmp/said"
grep -q 'the baseline is that of Anna Å.' "$tmp/said" && ! grep -q '^# old' "$kept" &&
    grep -q 'baseline_rmssd> "3.4995' "$kept" && grep -q 'baseline_resp_hrv> "4.2556' "$kept"
result $? "a person's baseline is brought and kept"
LC_ALL=C.UTF-8 LANG=nb_NO.UTF-8 LANGUAGE= "$tonus" --help | grep -q '^usage: '
first=$?
for language in nb_NO.UTF-8:bruk nn_NO.UTF-8:bruk sv_SE.UTF-8:användning; do
    LC_ALL=${language%%:*} LANGUAGE='' "$tonus" --help | grep -q "^${language##*:}: " || first=1
done
result $first "it speaks Norwegian and Swedish where the locale does"

"$tonus" --no-window sim: 2>"$tmp/said" &
pid=$!
until_true grep -q 'the sensor' "$tmp/said"
kill "$jackd_pid"
wait "$jackd_pid" 2>/dev/null
jackd_pid=
wait $pid
[ $? = 1 ] && tail -1 "$tmp/said" | grep -q 'the sound server has stopped\|jalv ended'
result $? "a sound server that goes away is said"
"$tonus" --no-window --fade 0 --seconds 1 sim: 2>"$tmp/said"
status=$?
[ $status = 0 ] && { grep -q 'no sound card' "$tmp/said" || [ -s /proc/asound/pcm ]; }
result $? "without a server it starts one"
gone() { ! jack_lsp >/dev/null 2>&1; }
until_true gone
result $? "and stops it again"
echo "1..$n"
