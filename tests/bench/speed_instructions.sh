#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Instructions that each plugin, and installed ones that do like work, take for a block of 256 frames at 48 kHz: the same
# in each run. An argument limits the table to one plugin.
cd "$(dirname "$0")/../.." || exit 2
command -v valgrind >/dev/null || { echo "instructions: valgrind is not installed"; exit 0; }
TONUS_BUNDLE=${TONUS_BUNDLE:-build/lv2/tonus.lv2}
export TONUS_BUNDLE GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX,-FMA4,-AVX512F
seconds=4
names=${1:-$(for file in "$TONUS_BUNDLE"/*.so; do basename "$file" .so; done | grep -v _ui)}
printf '\nInstructions per block of 256 frames at 48 kHz\n'
for name in $names http://gareus.org/oss/lv2/tuna#one http://gareus.org/oss/lv2/darc#stereo http://lv2plug.in/plugins/eg-amp; do
    words=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=bench_run \
        build/tests/bench/instructions "$name" $seconds 2>&1)
    echo "$words" | sed -n 's/.*Collected : *\([0-9]*\).*/\1/p' |
        awk -v n=$((seconds * 48000 / 256)) -v name="${name##*/}" '{ printf "%-22s %9d\n", name, $1 / n }'
done
