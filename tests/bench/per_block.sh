#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Instructions of each single block of 256 frames at 48 kHz, counted by callgrind: the same in each run, whatever else the
# machine does. Prints PLUGIN, blocks, mean, median, worst, and which block that was.
#     tests/bench/per_block.sh PLUGIN [SECONDS [PORT=VALUE...] [after=SECONDS]]
# With `after` the blocks counted are those after so many seconds: hrv 20 window=300 after=300 has a full window.
cd "$(dirname "$0")/../.." || exit 2
command -v valgrind >/dev/null || { echo "per_block: valgrind is not installed" >&2; exit 1; }
TONUS_BUNDLE=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
# libm and libc choose their functions by the processor; these all have
export TONUS_BUNDLE GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX,-FMA4,-AVX512F
[ $# -gt 1 ] || set -- "$1" 12
seconds=$2
blocks=$((seconds * 48000 / 256))
scratch=$(mktemp -d)
trap 'exec 3>&-; rm -rf "$scratch"' EXIT
# callgrind writes all it knows at the end of each call, some 50 KB: through a pipe, of which one line each is kept
mkfifo "$scratch/pipe"
exec 3<>"$scratch/pipe"
sed -u -n "s/^totals: //p" <&3 >"$scratch/counts" &
reader=$!
valgrind --tool=callgrind --callgrind-out-file="$scratch/pipe" --combine-dumps=yes --dump-line=no \
    --toggle-collect=bench_run --dump-after=bench_run build/tests/bench/instructions "$@" >/dev/null 2>&1
for wait in 1 2 3 4 5 6 7 8 9 10; do
    [ "$(wc -l <"$scratch/counts")" -lt "$blocks" ] || break
    sleep 0.2
done
kill $reader 2>/dev/null
head -n $blocks "$scratch/counts" | awk '{ print $1, NR - 1 }' | sort -n | awk -v name="${1##*[/:]}" '
    { count[NR] = $1; block[NR] = $2; sum += $1 }
    END {
        if (!NR) exit 1
        printf "%s %d %d %d %d %d\n", name, NR, sum / NR, count[int((NR + 1) / 2)], count[NR], block[NR]
    }'
