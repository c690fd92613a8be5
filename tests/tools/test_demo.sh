#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo: leaves what it says, finds what is true, refuses what it cannot read with one line.
set -u
cd "$(dirname "$0")/../.." || exit 2
demo=build/tools/tonus-demo
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0
result() { # result STATUS NAME
    n=$((n + 1))
    [ "$1" = 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}

"$demo" --out "$tmp/a/b" --seconds 90 >"$tmp/said" 2>"$tmp/error"
result $? "renders the simulated person"
[ ! -s "$tmp/error" ]
result $? "no progress bar where standard error is no terminal"
for file in drone.wav beats.tsv breaths.tsv measures.tsv relax.svg; do
    [ -s "$tmp/a/b/$file" ]
    result $? "leaves $file"
done
awk -F'\t' 'NR == 1 { ok = $1 == "onset" && $2 == "rr_ms" } NR > 2 && !($1 > last && $2 > 300 && $2 < 2000) { bad = 1 }
    { last = $1 } END { exit !(ok && !bad && NR > 80 && NR < 140) }' "$tmp/a/b/beats.tsv"
result $? "beats.tsv holds a heart's beats"
grep -qE 'after the first 10 s: [0-9]+ found, 0 missed, 0 extra' "$tmp/said"
result $? "every beat is found"
awk '/timing error/ { sub(/.*below /, ""); exit !($1 <= 0.0209) }' "$tmp/said"
result $? "each within one frame"
# 16-bit and 24-bit samples alike: more than a tenth of the bytes are not 0 when it sounds
[ "$(tail -c 2000000 "$tmp/a/b/drone.wav" | tr -d '\000' | wc -c)" -gt 1000000 ]
result $? "the drone sounds"
head -c 300 "$tmp/a/b/relax.svg" | grep -q '<svg'
result $? "the picture is SVG"

refused() { # refused NAME STATUS WORDS COMMAND...
    name=$1 status=$2 words=$3
    shift 3
    "$@" >"$tmp/out" 2>"$tmp/error" </dev/null
    got=$?
    [ $got = "$status" ] && [ "$(wc -l <"$tmp/error")" = 1 ] && grep -q -- "$words" "$tmp/error"
    result $? "refused: $name"
}
: >"$tmp/empty.csv"
printf 'a,b\n1,2\n' >"$tmp/short.csv"
refused "no such file" 1 "$tmp/none.edf" "$demo" --out "$tmp/c" --input "$tmp/none.edf"
refused "an empty file" 1 "empty.csv" "$demo" --out "$tmp/c" --input "$tmp/empty.csv"
refused "a file without a rate" 1 "short.csv" "$demo" --out "$tmp/c" --input "$tmp/short.csv"
refused "a column that is not there" 1 "nothing" "$demo" --out "$tmp/c" --input "$tmp/short.csv" --column nothing
refused "a folder that cannot be made" 1 "/proc/none" "$demo" --out /proc/none/x
refused "a time that is none" 2 "seconds" "$demo" --seconds -3
refused "an unknown option" 2 "usage" "$demo" --nonsense
"$demo" --help | grep -q usage && "$demo" --version | grep -q '^tonus-demo [0-9]'
result $? "--help and --version"
echo "1..$n"
