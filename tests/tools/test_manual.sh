#!/bin/bash
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual: it builds, every link and picture leads somewhere, every port stands in it, and every
# command that it shows (blocks marked sh) runs on a private sound server. Blocks marked console need
# a device; their options are checked against the programs' help.
set -u
cd "$(dirname "$0")/../.." || exit 2
top=$PWD
tmp=$(mktemp -d)
jackd_pid=
finish() {
    [ -n "$jackd_pid" ] && kill "$jackd_pid" && wait "$jackd_pid"
    rm -rf "$tmp"
}
trap finish EXIT
n=0
result() {
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || { echo "not ok $n - $2"; tail -n 15 "$tmp/log" "$tmp/options" 2>/dev/null | sed 's/^/# /'; }
}
python=/usr/bin/python3
if command -v pandoc >/dev/null; then
    [ -s build/pictures/relax-light.png ] || build/tools/tonus-pictures --out build/pictures >/dev/null
    $python tools/manual.py "$tmp/manual" >"$tmp/log" 2>&1
    result $? "builds, and every link and picture leads somewhere"
    missing=
    for file in ttl/*.ttl; do
        page="$tmp/manual/plugin-$(basename "$file" .ttl).html"
        case $file in *-cv.ttl | */tonus.ttl | */ui.ttl) continue ;; esac
        [ -e "$page" ] || { missing="$missing $file"; continue; }
        for symbol in $(sed -n 's/.*lv2:symbol "\([a-z0-9_]*\)".*/\1/p' "$file" | tail -n +2); do
            grep -q "<code>$symbol</code>" "$page" || missing="$missing $(basename "$file" .ttl):$symbol"
        done
    done
    echo "$missing" >"$tmp/log"
    [ -z "$missing" ]
    result $? "every port stands in it"
    mkdir -p "$tmp/bad/docs/manual" && cp -r tools ttl presets docs "$tmp/bad/" && mkdir -p "$tmp/bad/build" &&
        ln -s "$top/build/pictures" "$tmp/bad/build/pictures" && echo '[x](nowhere.md)' >>"$tmp/bad/docs/manual/safety.md"
    ! $python "$tmp/bad/tools/manual.py" "$tmp/bad/out" >"$tmp/log" 2>&1 && grep -q 'leads nowhere' "$tmp/log"
    result $? "a link that leads nowhere is refused"
else
    n=$((n + 1))
    echo "ok $n - the manual builds # SKIP no pandoc"
fi

# --- the commands
for program in jackd jalv jack_lsp jack_wait; do
    command -v "$program" >/dev/null || { echo "ok $((n + 1)) - its commands # SKIP no $program"; echo "1..$((n + 1))"; exit 0; }
done
$python -c 'import jack' 2>/dev/null || { echo "ok $((n + 1)) - its commands # SKIP no python3-jack-client"; echo "1..$((n + 1))"; exit 0; }
export XDG_CONFIG_HOME="$tmp/config" JACK_DEFAULT_SERVER="tonus-manual-$$" JACK_NO_AUDIO_RESERVATION=1 LV2_PATH="$top/build/lv2:/usr/lib/lv2"
unset DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR PIPEWIRE_RUNTIME_DIR
jackd -n "$JACK_DEFAULT_SERVER" --no-realtime -d dummy -r 48000 -p 256 >"$tmp/jackd.log" 2>&1 &
jackd_pid=$!
jack_wait -w -t 120 >/dev/null 2>&1 || { echo "Bail out! jackd did not start"; exit 1; }
# The reader's programs. Those that go on until somebody stops them are stopped some seconds after they are there, as a
# reader would; there is no screen here. The reader's "sleep 3" goes on until what was begun is there.
mkdir "$tmp/bin" "$tmp/begun"
cat >"$tmp/bin/reader" <<EOF
#!/bin/bash
# reader SECONDS THERE PROGRAM...
seconds=\$1 there=\$2
shift 2
touch "$tmp/begun/\$\$"
"\$@" &
pid=\$!
while kill -0 \$pid 2>/dev/null && ! jack_lsp -c 2>/dev/null | grep -q "\$there"; do /bin/sleep 0.2; done
rm "$tmp/begun/\$\$"
for ((i = 0; i < seconds * 5; i++)); do
    kill -0 \$pid 2>/dev/null || break
    /bin/sleep 0.2
done
kill \$pid 2>/dev/null
wait \$pid
EOF
cat >"$tmp/bin/sleep" <<EOF
#!/bin/sh
/bin/sleep "\$@"
while [ -n "\$(ls "$tmp/begun")" ]; do /bin/sleep 0.1; done
EOF
cat >"$tmp/bin/tonus" <<EOF
#!/bin/sh
case "\$*" in *--check* | *--help*) exec "$top/build/tonus" "\$@" ;; esac
exec "$tmp/bin/reader" 3 '^   tonus-bridge:ECG' "$top/build/tonus" --no-window --fade 1 "\$@"
EOF
cat >"$tmp/bin/tonus-bridge" <<EOF
#!/bin/sh
exec "$tmp/bin/reader" 12 '^tonus-bridge:' "$top/build/tonus-bridge" "\$@"
EOF
cat >"$tmp/bin/jalv" <<EOF
#!/bin/sh
exec "$tmp/bin/reader" 8 "^\$2:" $(command -v jalv) -i "\$@" # jalv -n NAME
EOF
ln -s "$top/build/tonus-analyze" "$tmp/bin/tonus-analyze"
chmod +x "$tmp"/bin/*
mkdir "$tmp/work"
# a recording, as a reader would have one: a minute of a made-up ECG
awk 'BEGIN { print "ecg"; for (i = 0; i < 250 * 60; i++) { t = i / 250; p = t - 0.9 * int(t / 0.9) - 0.4;
    printf "%.4f\n", exp(-p * p / 0.0002) + 0.2 * exp(-(p - 0.25) * (p - 0.25) / 0.004) } }' >"$tmp/work/take-or-recording.csv"
blocks() { # blocks FILE KIND: the code blocks of a kind
    awk -v kind="$2" '/^```/ { if (inside) inside = 0; else if ($0 == "```" kind) inside = 1; next } inside' "$1"
}
for page in docs/manual/*.md README.md; do
    blocks "$page" sh >"$tmp/script"
    [ -s "$tmp/script" ] || continue
    (cd "$tmp/work" && PATH="$tmp/bin:$PATH" timeout 1800 bash -e "$tmp/script") >"$tmp/log" 2>&1 </dev/null
    result $? "the commands of $(basename "$page") run"
    for pid in $(pgrep -f "$top/build/tonus-bridge|jalv -i -n (Tonus|Beat|Drone)"); do
        tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -q "JACK_DEFAULT_SERVER=$JACK_DEFAULT_SERVER" && kill "$pid"
    done
done
# what needs a device: the options exist
for page in docs/manual/*.md; do
    blocks "$page" console | grep -E '^tonus' | while read -r program words; do
        for word in $words; do
            case $word in
                --*) "build/$program" --help 2>&1 | grep -q -- "${word%%=*}" || echo "$page: $program $word" ;;
                [a-z]*:*) build/tonus-bridge --help | grep -q "^  ${word%%:*}:" || echo "$page: $word" ;;
                *=*) build/tonus-bridge --help | grep -q "${word%%=*}=" || echo "$page: $word" ;;
            esac
        done
    done
done >"$tmp/options"
# a file of its own: what was started above may still write into the log
[ ! -s "$tmp/options" ]
result $? "the options shown for devices exist"
echo "1..$n"
